/* SPDX-License-Identifier: MIT */
/*
 * names.h - what Kubernetes accepts as a name, a label, a port ...
 *
 * One table of rules. A check allocates nothing and needs no regular
 * expression engine; what is wrong is told by literals that live for ever, in
 * the words of the Kubernetes API server.
 */
#ifndef WL_NAMES_H
#define WL_NAMES_H

#include <stdbool.h>
#include <stddef.h>

typedef enum wl_NameRule {
  WL_NAME_LABEL_KEY,      /* also finalizers, condition types, ... */
  WL_NAME_ANNOTATION_KEY, /* a label key in any case */
  WL_NAME_PREFIXED_KEY,   /* a label key with its prefix */
  WL_NAME_LABEL_VALUE,    /* may be empty */
  WL_NAME_DNS_LABEL,      /* RFC 1123: namespaces, containers, ... */
  WL_NAME_DNS_SUBDOMAIN,  /* RFC 1123: most objects */
  WL_NAME_DNS1035_LABEL,  /* services */
  WL_NAME_WILDCARD_SUBDOMAIN,
  WL_NAME_FULLY_QUALIFIED,        /* three segments or more */
  WL_NAME_FULLY_QUALIFIED_DOMAIN, /* two or more, may end in a dot */
  WL_NAME_CONFIG_MAP_KEY,
  WL_NAME_PORT_NAME,
  WL_NAME_PERCENT,
  WL_NAME_C_IDENTIFIER,
  WL_NAME_ENV_VAR, /* as Kubernetes checked it before 1.34 */
  WL_NAME_RELAXED_ENV_VAR,
  WL_NAME_HTTP_HEADER,
  WL_NAME_PATH_SEGMENT, /* may be empty */
  WL_NAME_DECIMAL_INTEGER,
  WL_NAME_CONDITION_REASON,
  WL_NAME_RULES /* how many there are */
} wl_NameRule;

enum { WL_NAME_FAULTS = 6 }; /* no text has more faults than this */

/* "label_key", "dns_label", ...; rule < WL_NAME_RULES. */
const char *wl_name_rule_word(wl_NameRule rule);

/* How many faults the text has; faults[0..n) say which. O(length). */
size_t wl_name_check(wl_NameRule rule, const char *text, size_t length,
                     const char *faults[WL_NAME_FAULTS]);

/* The two on hot paths, as a yes or no. */
bool wl_name_is_label_key(const char *text, size_t length);
bool wl_name_is_label_value(const char *text, size_t length);

#endif
