/* SPDX-License-Identifier: MIT */
/* error.h - what went wrong, told by a core function to its caller.
 *
 * Functions that can fail return false (or absent, or NULL) and fill a
 * wl_Error that the caller owns. Nothing in the core prints. */
#ifndef WL_ERROR_H
#define WL_ERROR_H

#include <stddef.h>

typedef enum wl_Code {
  WL_OK,
  WL_EINVALID,  /* malformed or unacceptable data */
  WL_ENOTFOUND, /* no such object */
  WL_EEXISTS,   /* an object of that name is there already */
  WL_ECONFLICT, /* the write was based on a stale resourceVersion */
  WL_EGONE,     /* that moment is no longer in the history */
  WL_ELIMIT,    /* a limit on depth, size or number was hit */
  WL_ESYNTAX,   /* text that does not parse */
  WL_EIO        /* the outside world failed */
} wl_Code;

typedef struct wl_Error {
  wl_Code code;
  size_t line, column; /* 1-based; 0 when not known */
  char message[512];   /* one line, no newline */
} wl_Error;

/* "Invalid", "NotFound", "AlreadyExists", "Conflict", "Expired", ... : the
 * reason word that the Kubernetes API uses where it has one. */
const char *wl_code_name(wl_Code code);

/* Fill `error` (which may be NULL); returns false, to be returned on. */
__attribute__((format(printf, 3, 4))) _Bool
wl_fail(wl_Error *error, wl_Code code, const char *format, ...);

#endif
