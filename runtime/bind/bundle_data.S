/* SPDX-License-Identifier: MIT */
/* The compiled Lua files, as runtime/embed.c wrote them. */
  .section .rodata
  .balign 16
  .global wl_bundle
  .hidden wl_bundle
wl_bundle:
  .incbin WL_BUNDLE
  .section .note.GNU-stack, "", %progbits
