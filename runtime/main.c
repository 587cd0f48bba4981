/* SPDX-License-Identifier: MIT */
/* The command line is read by lua/wl/cli.lua; here only where to find it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/host.h"

static const char *take_home(int *argc, char **argv) {
  if (*argc < 3 || strcmp(argv[1], "--home") != 0)
    return getenv("WLRUN_HOME");
  const char *home = argv[2];
  for (int i = 3; i <= *argc; i++) /* with the NULL that ends argv */
    argv[i - 2] = argv[i];
  *argc -= 2;
  return home;
}

int main(int argc, char **argv) {
  const char *home = take_home(&argc, argv);
  wl_Host *host = wl_host_new(home);
  if (host == NULL) {
    fputs("wlrun: out of memory\n", stderr);
    return 2;
  }
  int status = wl_host_main(host, argc, argv);
  wl_host_free(host);
  return status;
}
