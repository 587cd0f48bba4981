/* SPDX-License-Identifier: MIT */
/* lua_terminal.c - Lua module "wl.terminal": the terminal, if there is one.
 *
 *   terminal.is "stdout"            -- "stdin", "stdout", "stderr"
 *   terminal.columns()              -- of the standard output
 *   terminal.mute(boolean)          -- the standard output goes nowhere
 *   terminal.catch_interrupts(boolean)
 *   terminal.interrupted()          -- was there a Ctrl-C since last asked?
 *   terminal.STOPPED                -- what is raised in a script that is
 *                                      stopped in the midst of something
 *   local e = terminal.editor { history = path, complete = function }
 *   e:read(prompt)                  -- a line; nil, "end" or "interrupted"
 *   e:remember(entry)
 *   e:close()
 *
 * complete(line up to the cursor) returns how many characters before the
 * cursor go, the text in their place, and lines to list; each may be nil.
 *
 * A script in an endless loop is stopped by raising STOPPED in it. While a
 * cluster is at work, which sees to interrupts itself between two things, that
 * takes a second Ctrl-C. */
#include <lauxlib.h>
#include <lua.h>
#include <string.h>
#include <unistd.h>

#include "../io/line_editor.h"
#include "../io/terminal.h"
#include "host.h"
#include "lua_scratch.h"
#include "lua_value.h"

int luaopen_wl_terminal(lua_State *L);

static const char EDITOR[] = "wl.line_editor";
static const char STOPPED[] = "wl.terminal.stopped"; /* in the registry */

/* ---- streams ---- */

static int terminal_is(lua_State *L) {
  static const char *const names[] = {"stdin", "stdout", "stderr", NULL};
  static const int numbers[] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  int fd = numbers[luaL_checkoption(L, 1, NULL, names)];
  lua_pushboolean(L, wl_terminal_is(fd));
  return 1;
}

static int terminal_columns(lua_State *L) {
  lua_pushinteger(L, wl_terminal_columns(STDOUT_FILENO));
  return 1;
}

static int terminal_mute(lua_State *L) {
  luaL_checktype(L, 1, LUA_TBOOLEAN);
  lua_pushboolean(L, wl_terminal_mute(lua_toboolean(L, 1)));
  return 1;
}

/* ---- interrupts ---- */

enum { PATIENCE = 10000 }; /* instructions between two looks */

static const char WORKER[] = "lua/wl/cluster.lua";

/* Does a cluster work, somewhere up the stack? */
static int is_working(lua_State *L) {
  lua_Debug frame;
  for (int level = 0; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "S", &frame);
    size_t length = strlen(frame.source), wanted = sizeof WORKER - 1;
    if (length >= wanted && strcmp(frame.source + length - wanted, WORKER) == 0)
      return 1;
  }
  return 0;
}

static void on_count(lua_State *L, lua_Debug *frame) {
  (void)frame;
  int pending = wl_interrupts_pending();
  if (pending == 1 && is_working(L))
    return;
  lua_sethook(L, NULL, 0, 0);
  if (pending == 0)
    return;
  wl_interrupts_take();
  lua_getfield(L, LUA_REGISTRYINDEX, STOPPED);
  lua_error(L);
}

/* In the signal handler; Lua allows just this. */
static void on_interrupt(void *context) {
  lua_sethook(context, on_count, LUA_MASKCOUNT, PATIENCE);
}

static int terminal_catch_interrupts(lua_State *L) {
  luaL_checktype(L, 1, LUA_TBOOLEAN);
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  if (lua_toboolean(L, 1))
    wl_interrupts_catch(on_interrupt, lua_tothread(L, -1));
  else
    wl_interrupts_release();
  return 0;
}

static int terminal_interrupted(lua_State *L) {
  lua_pushboolean(L, wl_interrupts_take());
  return 1;
}

/* ---- the editor ---- */

typedef struct Box {
  wl_LineEditor *editor; /* NULL: closed */
  wl_Buffer text, listing;
  lua_State *L; /* that reads a line */
} Box;

enum { COMPLETE = 1, USER_VALUES = 1 };

static Box *check_editor(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, EDITOR);
  luaL_argcheck(L, box->editor != NULL, 1, "this editor is closed");
  return box;
}

static const char *keep(wl_Buffer *buffer, lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TSTRING)
    return NULL;
  wl_buffer_truncate(buffer, 0);
  wl_buffer_add_text(buffer, lua_tostring(L, index));
  return buffer->bytes != NULL ? buffer->bytes : "";
}

/* Called by libedit, through which nothing may be raised. The editor is the
 * first argument of the read that goes on. */
static wl_Completion on_complete(void *context, const char *line,
                                 size_t length) {
  Box *box = context;
  lua_State *L = box->L;
  wl_Completion found = {0};
  int top = lua_gettop(L);
  if (!lua_checkstack(L, 16))
    return found;
  lua_getiuservalue(L, 1, COMPLETE);
  lua_pushlstring(L, line, length);
  if (wl_call(L, 1, 3) == LUA_OK) {
    lua_Integer taken = lua_tointeger(L, -3);
    found.taken = taken > 0 && (size_t)taken <= length ? (size_t)taken : 0;
    found.text = keep(&box->text, L, -2);
    found.listing = keep(&box->listing, L, -1);
  }
  lua_settop(L, top);
  return found;
}

static int terminal_editor(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  Box *box = lua_newuserdatauv(L, sizeof *box, USER_VALUES);
  *box = (Box){.editor = NULL};
  wl_buffer_init(&box->text, wl_host_heap(L));
  wl_buffer_init(&box->listing, wl_host_heap(L));
  luaL_setmetatable(L, EDITOR);
  box->editor = wl_line_editor_new(wl_host_heap(L));
  if (box->editor == NULL)
    return luaL_error(L, "there is no terminal");
  if (lua_getfield(L, 1, "complete") == LUA_TFUNCTION)
    wl_line_editor_complete(box->editor, on_complete, box);
  lua_setiuservalue(L, 2, COMPLETE);
  if (lua_getfield(L, 1, "history") == LUA_TSTRING)
    wl_line_editor_keep(box->editor, lua_tostring(L, -1));
  lua_settop(L, 2);
  return 1;
}

static int editor_read(lua_State *L) {
  Box *box = check_editor(L);
  const char *prompt = luaL_checkstring(L, 2);
  lua_settop(L, 2);
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  box->L = L;
  wl_LineGot got = wl_line_editor_read(box->editor, prompt, &scratch->text);
  box->L = NULL;
  if (got == WL_LINE) {
    wl_lua_push_text(L, scratch);
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, got == WL_LINE_END ? "end" : "interrupted");
  return 2;
}

static int editor_remember(lua_State *L) {
  Box *box = check_editor(L);
  wl_line_editor_remember(box->editor, luaL_checkstring(L, 2));
  return 0;
}

static int editor_close(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, EDITOR);
  wl_line_editor_free(box->editor);
  box->editor = NULL;
  wl_buffer_destroy(&box->text);
  wl_buffer_destroy(&box->listing);
  return 0;
}

/* ---- the module ---- */

static const luaL_Reg functions[] = {
    {"catch_interrupts", terminal_catch_interrupts},
    {"columns", terminal_columns},
    {"editor", terminal_editor},
    {"interrupted", terminal_interrupted},
    {"is", terminal_is},
    {"mute", terminal_mute},
    {NULL, NULL},
};

static const luaL_Reg methods[] = {
    {"close", editor_close},
    {"read", editor_read},
    {"remember", editor_remember},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", editor_close},
    {"__gc", editor_close},
    {NULL, NULL},
};

static int stopped_tostring(lua_State *L) {
  lua_pushliteral(L, "stopped by Ctrl-C");
  return 1;
}

static void push_stopped(lua_State *L) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushcfunction(L, stopped_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, STOPPED);
}

int luaopen_wl_terminal(lua_State *L) {
  wl_lua_need_values(L);
  if (luaL_newmetatable(L, EDITOR)) {
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
  }
  luaL_newlib(L, functions);
  push_stopped(L);
  lua_setfield(L, -2, "STOPPED");
  return 1;
}
