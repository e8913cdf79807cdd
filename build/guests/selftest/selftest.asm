; The KVM self-test: a 64 KiB ROM in the place of a BIOS. It runs 300,000 turns each in real, protected
; and 64-bit mode, then SSE and a locked 16-byte compare and exchange, which an emulating KVM often lacks.
; Reports one letter and a line feed a stage on the debug console (port 0xE9): R P L S, and ends by writing to port 0xF4
; (isa-debug-exit turns 18 into exit status 37). Lower-case letters name a stage the CPU does not offer.
; What it measures is judged in electron/compat/kvm/judge.ts.
cpu x64
org 0xF0000

%define turns 300000
%define pml4  0x10000

%macro report 1
    mov al, %1
    out 0xE9, al
    mov al, 10
    out 0xE9, al
%endmacro

%macro finish 1
    mov al, %1
    out 0xF4, al
%%stop:
    hlt
    jmp %%stop
%endmacro

bits 16
rom:
start:
    cli
    cld
    mov ax, cs
    mov ds, ax
    mov ecx, turns
.turn:
    dec ecx
    jnz .turn
    report 'R'
    o32 lgdt [cs:gdtPointer - rom]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp dword 0x08:protected

bits 32
protected:
    mov ax, 0x10
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov esp, 0x8000
    mov ecx, turns
.turn:
    dec ecx
    jnz .turn
    report 'P'
    mov eax, 0x80000001
    cpuid
    test edx, 1 << 29
    jnz .hasLong
    report 'l'
    finish 18
.hasLong:
    mov edi, pml4                        ; identity map of the first 4 MiB with 2 MiB pages
    xor eax, eax
    mov ecx, 3 * 1024
    rep stosd
    mov dword [pml4], pml4 + 0x1000 + 3
    mov dword [pml4 + 0x1000], pml4 + 0x2000 + 3
    mov dword [pml4 + 0x2000], 0x000083
    mov dword [pml4 + 0x2008], 0x200083
    mov eax, cr4
    or eax, (1 << 5) | (1 << 9)          ; PAE, and SSE allowed
    mov cr4, eax
    mov eax, pml4
    mov cr3, eax
    mov ecx, 0xC0000080
    rdmsr
    or eax, 1 << 8
    wrmsr
    mov eax, cr0
    and eax, ~(1 << 2)
    or eax, (1 << 31) | (1 << 1)
    mov cr0, eax
    jmp 0x18:longMode

bits 64
longMode:
    mov rcx, turns
.turn:
    dec rcx
    jnz .turn
    report 'L'
    mov eax, 1
    cpuid
    test ecx, 1 << 13
    jnz .hasExchange
    report 's'
    finish 18
.hasExchange:
    mov rax, 0x1122334455667788
    movq xmm0, rax
    paddq xmm0, xmm0
    movq rbx, xmm0
    add rax, rax
    cmp rax, rbx
    jne .wrong
    mov edi, 0x9000                      ; aligned to 16
    mov qword [rdi], 5
    mov qword [rdi + 8], 6
    mov eax, 5
    mov edx, 6
    mov ebx, 7
    mov ecx, 8
    lock cmpxchg16b [rdi]
    jne .wrong
    cmp qword [rdi], 7
    jne .wrong
    cmp qword [rdi + 8], 8
    jne .wrong
    report 'S'
    finish 18
.wrong:
    report 'X'
    finish 17

; The accessed bits are set beforehand (0x9B, 0x93): the table lies in read-only memory, and under KVM
; the processor would hang for ever trying to set them.
align 8
gdt:
    dq 0
    dq 0x00CF9B000000FFFF
    dq 0x00CF93000000FFFF
    dq 0x00AF9B000000FFFF
gdtPointer:
    dw gdtPointer - gdt - 1
    dd gdt

    times 0xFFF0 - ($ - rom) db 0xFF
bits 16
reset:                                   ; F000:FFF0
    jmp 0xF000:0
    times 0x10000 - ($ - rom) db 0xFF
