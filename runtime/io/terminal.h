/* SPDX-License-Identifier: MIT */
/*
 * terminal.h - what is at the other end of the standard streams, and Ctrl-C
 *
 * While interrupts are caught, a Ctrl-C is counted instead of ending the
 * process; whoever works for long asks now and then. There is one count, as
 * there is one process.
 */
#ifndef WL_TERMINAL_H
#define WL_TERMINAL_H

#include <stdbool.h>

/* Is there a terminal at this file descriptor? */
bool wl_terminal_is(int fd);
/* How wide it is; 80 when it does not say. */
int wl_terminal_columns(int fd);

/* From now on the standard output goes nowhere, or again where it went before.
 * What was written so far is flushed. False when the system refuses. */
bool wl_terminal_mute(bool muted);

/* From now on Ctrl-C is counted. `call`, if not NULL, is called from the
 * signal handler: it may do what is safe there. */
void wl_interrupts_catch(void (*call)(void *context), void *context);
/* From now on it ends the process again. */
void wl_interrupts_release(void);
/* How many there were since the last taking. */
int wl_interrupts_pending(void);
/* Was there one? Forgets them. */
bool wl_interrupts_take(void);

#endif
