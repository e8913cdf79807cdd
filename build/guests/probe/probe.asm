; The probe guest: boot sector, loader and order of events. What it prints is described in README.md.
; Runs on any PC with a BIOS: polls standard hardware only (COM1, VGA text, PIT, PIC, 8042, PCI, ACPI).
; Assembled thrice: plain for disk and floppy, with -DCD for an El Torito image and with -DCD -DNETWORK for network boot:
; those two are loaded whole.
cpu x64
org 0x7C00

%define sectorCount   48                 ; whole image; 0x7C00 + 48 * 512 stays below 64 KiB (floppy DMA)
%define e820Buffer    0x1000             ; 24 bytes an entry
%define e820Limit     64
%define pml4          0x20000
%define idtBase       0x24000            ; 256 gates of 8 bytes
%define busQueue      0x25000            ; one byte a bus
%define savedScreen   0x30000            ; the text screen while a flood runs
%define stackTop      0x7C00

%define selCode32     0x08
%define selData       0x10
%define selVga        0x18
%define selCode64     0x20

bits 16
bootSector:
    jmp 0:.start
.start:
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, stackTop
    sti
    cld
    mov [bootDrive], dl
%ifndef CD
    test dl, dl
    js .disk
    mov di, 3                            ; a floppy may need its motor: try three times
.floppy:
    mov ax, 0x0200 + 17                  ; cylinder 0, head 0, sectors 2 to 18
    mov cx, 0x0002
    mov dh, 0
    mov dl, [bootDrive]
    mov bx, 0x7E00
    int 0x13
    jc .floppyAgain
    mov ax, 0x0200 + 18                  ; head 1, sectors 1 to 18
    mov cx, 0x0001
    mov dh, 1
    mov dl, [bootDrive]
    mov bx, 0x7E00 + 17 * 512
    int 0x13
    jc .floppyAgain
    mov ax, 0x0200 + sectorCount - 36    ; cylinder 1, head 0
    mov cx, 0x0101
    mov dh, 0
    mov dl, [bootDrive]
    mov bx, 0x7E00 + 35 * 512
    int 0x13
    jnc entry16
.floppyAgain:
    xor ax, ax
    mov dl, [bootDrive]
    int 0x13
    dec di
    jnz .floppy
    jmp .failed
.disk:
    mov ah, 0x42
    mov si, diskPacket
    int 0x13
    jnc entry16
.failed:
    mov si, .message
.put:
    lodsb
    test al, al
    jz .stop
    mov ah, 0x0E
    mov bx, 7
    int 0x10
    jmp .put
.stop:
    hlt
    jmp .stop
.message: db 'probe: the boot medium could not be read', 0
align 4
diskPacket:
    db 16, 0
    dw sectorCount - 1
    dw 0x7E00, 0
    dq 1
%else
    jmp entry16
%endif
bootDrive: db 0
    times 510 - ($ - $$) db 0
    dw 0xAA55

; ---- real mode ------------------------------------------------------------------------------------
entry16:
    mov ax, 0x0003                       ; 80 x 25 text
    int 0x10
    mov ah, 0x01                         ; no cursor: a blinking one spoils screen comparisons
    mov cx, 0x2000
    int 0x10
    call readE820
    mov ax, 0x2401                       ; A20 by the BIOS, then by the fast gate
    int 0x15
    in al, 0x92
    test al, 2
    jnz .a20done
    or al, 2
    and al, 0xFE
    out 0x92, al
.a20done:
    cli
    mov ax, 0xB800
    mov gs, ax
    mov dx, 0x3D4                        ; some BIOSes ignore the call above
    mov ax, 0x200A
    out dx, ax
    call serialInit_16
    call drawFrame_16
    mov esi, textTitle
    call print_16
    mov esi, textMedium
    call print_16
%ifdef NETWORK
    mov esi, textNetwork
%elifdef CD
    mov esi, textCd
%else
    mov esi, textFloppy
    cmp byte [bootDrive], 0x80
    jb .medium
    mov esi, textHd
%endif
.medium:
    call print_16
    mov esi, textDrive
    call print_16
    mov al, [bootDrive]
    call printHex8_16
    mov esi, textDriveEnd
    call print_16
    mov esi, textReal
    call print_16

    lgdt [gdtPointer]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp selCode32:entry32

; Fills e820Buffer and sets e820Count.
readE820:
    xor ebx, ebx
    mov di, e820Buffer
    xor bp, bp
.next:
    mov eax, 0xE820
    mov edx, 0x534D4150
    mov ecx, 24
    int 0x15
    jc .done
    cmp eax, 0x534D4150
    jne .done
    add di, 24
    inc bp
    cmp bp, e820Limit
    jae .done
    test ebx, ebx
    jnz .next
.done:
    mov [e820Count], bp
    ret

%define M(name) name %+ _16
%include "console.inc"
%undef M

; ---- protected mode -------------------------------------------------------------------------------
bits 32
entry32:
    mov ax, selData
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov ax, selVga
    mov gs, ax
    mov esp, stackTop
    mov esi, textProtected
    call print_32
    call tryLongMode
    call printCpu
    call findAcpi
    call printVcpus
    call printMemory
    call printLoop
    call printPci
    call printNe2000
    call printFloppy
    call printUsb
    call acpiEnable
    call startInterrupts
    mov byte [attribute], attrGood
    mov esi, textReady
    call print_32
    mov byte [attribute], attrPlain
    jmp serve

%define M(name) name %+ _32
%include "console.inc"
%undef M
%include "cpu.inc"
%include "acpi.inc"
%include "pci.inc"
%include "legacy.inc"
%include "interrupts.inc"
%include "serve.inc"

; ---- data -----------------------------------------------------------------------------------------
align 8
gdt:
    dq 0
    dq 0x00CF9B000000FFFF                ; 32-bit code, flat
    dq 0x00CF93000000FFFF                ; data, flat
    dq 0x0040930B8000FFFF                ; data, base 0xB8000: the text screen
    dq 0x00AF9B000000FFFF                ; 64-bit code
gdtEnd:
gdtPointer:
    dw gdtEnd - gdt - 1
    dd gdt

; In a text: 1 = what follows is a label, 2 = the value (a space on serial, a column on the screen).
textTitle:     db 'POLYVISOR PROBE 1', 10, 0
textMedium:    db 1, 'boot medium', 2, 0
textFloppy:    db 'floppy', 0
textHd:        db 'hd', 0
textCd:        db 'cd', 0
textNetwork:   db 'network', 0
textDrive:     db ' (drive 0x', 0
textDriveEnd:  db ')', 10, 0
textReal:      db 1, 'mode real', 2, 'ok', 10, 0
textProtected: db 1, 'mode protected', 2, 'ok', 10, 0
textReady:     db 'READY', 10, 0
textHelp:      db ' t ticks   f flood   s stop   b burst   r reset   q power off', 0

e820Count:     dw 0

    times sectorCount * 512 - ($ - $$) db 0
