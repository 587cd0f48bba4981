/* SPDX-License-Identifier: MIT */
#include "error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

const char *wl_code_name(wl_Code code) {
  static const char *const names[] = {
      [WL_OK] = "OK",
      [WL_EINVALID] = "Invalid",
      [WL_ENOTFOUND] = "NotFound",
      [WL_EEXISTS] = "AlreadyExists",
      [WL_ECONFLICT] = "Conflict",
      [WL_EGONE] = "Expired",
      [WL_ELIMIT] = "RequestEntityTooLarge",
      [WL_ESYNTAX] = "BadRequest",
      [WL_EIO] = "InternalError",
  };
  return names[code];
}

/* A message is one line: what it quotes may hold line breaks. */
static void flatten(char *text) {
  for (; *text != '\0'; text++)
    if (*text == '\n' || *text == '\r')
      *text = ' ';
}

bool wl_fail(wl_Error *error, wl_Code code, const char *format, ...) {
  if (error == NULL)
    return false;
  *error = (wl_Error){.code = code};
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error->message, sizeof error->message, format, arguments);
  va_end(arguments);
  flatten(error->message);
  return false;
}
