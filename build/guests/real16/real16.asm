; A program for a floppy that never leaves real mode: 8086 instructions only (nasm refuses others), the BIOS for
; screen, floppy and keyboard, COM1 by its ports. What it prints is described in ../README.md.
cpu 8086
org 0x7C00

%define com1 0x3F8
%define secondSector 0x7E00

bits 16
    jmp 0:start
start:
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7C00
    sti
    cld
    mov [drive], dl
    mov ax, 0x0003                       ; 80 x 25 text
    int 0x10
    mov si, serialProgram
.serial:
    lodsw
    test ax, ax
    jz .ready
    mov dx, com1
    add dl, al
    mov al, ah
    out dx, al
    jmp .serial
.ready:
    mov si, textTitle
    call print
    mov al, [drive]
    call printHex8
    mov si, textLine
    call print
    mov di, 3                            ; a floppy may need its motor: try three times
.read:
    mov ax, 0x0201                       ; cylinder 0, head 0, sector 2
    mov cx, 0x0002
    mov dh, 0
    mov dl, [drive]
    mov bx, secondSector
    int 0x13
    jnc second
    xor ax, ax
    mov dl, [drive]
    int 0x13
    dec di
    jnz .read
    mov si, textFailed
    call print
.stop:
    hlt
    jmp .stop

; si = text, to the screen by the BIOS and to COM1.
print:
    lodsb
    test al, al
    jz .done
    call putChar
    jmp print
.done:
    ret

putChar:
    push ax
    push bx
    push cx
    push dx
    push ax
    mov ah, 0x0E
    mov bx, 7
    int 0x10
    pop ax
    mov ah, al
    mov dx, com1 + 5
    xor cx, cx
.wait:
    in al, dx
    test al, 0x20
    jnz .send
    dec cx
    jnz .wait
.send:
    mov dx, com1
    mov al, ah
    out dx, al
    pop dx
    pop cx
    pop bx
    pop ax
    ret

; al = value
printHex8:
    push ax
    push cx
    mov ch, al
    mov cl, 4
    shr al, cl
    call .digit
    mov al, ch
    and al, 15
    call .digit
    pop cx
    pop ax
    ret
.digit:
    add al, '0'
    cmp al, '9'
    jbe putChar
    add al, 'a' - '9' - 1
    jmp putChar

; Register, value: 115200 8N1, no interrupts.
serialProgram: db 1, 0, 3, 0x80, 0, 1, 1, 0, 3, 3, 2, 7, 4, 3
    dw 0
textTitle:     db 'POLYVISOR REAL MODE 1', 13, 10, 'drive 0x', 0
textLine:      db 13, 10, 0
textFailed:    db 'second sector not readable', 13, 10, 0
drive:         db 0
    times 510 - ($ - $$) db 0
    dw 0xAA55

; ---- second sector ----------------------------------------------------------------------------------
second:
    mov si, textSecond
    call print
    int 0x12                             ; conventional memory in KiB
    push ax
    mov si, textMemory
    call print
    pop ax
    push ax
    mov al, ah
    call printHex8
    pop ax
    call printHex8
    mov si, textReady
    call print
.key:
    xor ah, ah
    int 0x16
    push ax
    mov si, textKey
    call print
    pop ax
    push ax
    mov al, ah
    call printHex8
    pop ax
    call printHex8
    mov si, textLine
    call print
    jmp .key
textSecond: db 'second sector ok', 13, 10, 0
textMemory: db 'memory 0x', 0
textReady:  db ' KiB', 13, 10, 'READY', 13, 10, 0
textKey:    db 'key 0x', 0
    times 1024 - ($ - $$) db 0
