/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

typedef struct Process {
  uv_process_t uv;
  uv_pipe_t out; /* both of its outputs */
  uv_timer_t limit;
  struct wl_Processes *pool;
  struct Process *next; /* in the list of the pool */
  wl_Buffer output;
  wl_Ended ended;
  uint64_t started_ns;
  int open; /* handles that are not closed */
  bool exited;
} Process;

struct wl_Processes {
  uv_loop_t loop;
  wl_Heap *heap;
  Process *first;
  int last_number;
  char chunk[64 * 1024];
};

wl_Processes *wl_processes_new(wl_Heap *heap) {
  wl_Processes *pool = wl_alloc_zeroed(heap, sizeof *pool);
  pool->heap = heap;
  if (uv_loop_init(&pool->loop) == 0)
    return pool;
  wl_dealloc(heap, pool, sizeof *pool);
  return NULL;
}

/* ---- what libuv tells ---- */

static void on_closed(uv_handle_t *handle) {
  Process *process = handle->data;
  process->open--;
}

static void close_handle(uv_handle_t *handle) {
  if (!uv_is_closing(handle))
    uv_close(handle, on_closed);
}

static void give_chunk(uv_handle_t *handle, size_t wanted, uv_buf_t *buf) {
  (void)wanted;
  const Process *process = handle->data;
  *buf = uv_buf_init(process->pool->chunk, sizeof process->pool->chunk);
}

static void on_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
  Process *process = stream->data;
  if (n < 0) {
    close_handle((uv_handle_t *)stream);
    return;
  }
  size_t room = WL_PROCESS_OUTPUT - process->output.length;
  wl_buffer_add(&process->output, buf->base,
                (size_t)n < room ? (size_t)n : room);
}

/* What it left behind may keep the pipe open: read what is there, no more. */
static void drain(Process *process) {
  uv_os_fd_t fd;
  if (uv_is_closing((uv_handle_t *)&process->out) ||
      uv_fileno((uv_handle_t *)&process->out, &fd) != 0)
    return;
  char *chunk = process->pool->chunk;
  ssize_t n;
  while ((n = read(fd, chunk, sizeof process->pool->chunk)) > 0) {
    uv_buf_t buf = uv_buf_init(chunk, (unsigned)n);
    on_output((uv_stream_t *)&process->out, n, &buf);
  }
  close_handle((uv_handle_t *)&process->out);
}

static void on_exit_of(uv_process_t *handle, int64_t status, int signal) {
  Process *process = handle->data;
  process->exited = true;
  process->ended.status = status;
  process->ended.signal = signal;
  process->ended.nanoseconds = uv_hrtime() - process->started_ns;
  drain(process);
  close_handle((uv_handle_t *)&process->limit);
  close_handle((uv_handle_t *)handle);
}

static void on_limit(uv_timer_t *timer) {
  Process *process = timer->data;
  process->ended.timed_out = true;
  uv_process_kill(&process->uv, SIGKILL);
}

/* ---- starting ---- */

static Process *new_process(wl_Processes *pool) {
  Process *process = wl_alloc_zeroed(pool->heap, sizeof *process);
  process->pool = pool;
  wl_buffer_init(&process->output, pool->heap);
  uv_pipe_init(&pool->loop, &process->out, 0);
  uv_timer_init(&pool->loop, &process->limit);
  process->uv.data = process->out.data = process->limit.data = process;
  process->open = 2;
  process->next = pool->first;
  pool->first = process;
  return process;
}

static int spawn(Process *process, char **argv, int output) {
  uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE},
                                   {.flags = UV_INHERIT_FD, .data.fd = output},
                                   {.flags = UV_INHERIT_FD, .data.fd = output}};
  uv_process_options_t options = {.file = argv[0],
                                  .args = argv,
                                  .stdio = stdio,
                                  .stdio_count = 3,
                                  .exit_cb = on_exit_of};
  process->open++; /* also when it fails, the handle is to be closed */
  return uv_spawn(&process->pool->loop, &process->uv, &options);
}

static int launch(Process *process, char **argv) {
  uv_file ends[2];
  int problem = uv_pipe(ends, UV_NONBLOCK_PIPE, 0);
  if (problem != 0)
    return problem;
  problem = uv_pipe_open(&process->out, ends[0]);
  if (problem != 0)
    close(ends[0]);
  else
    problem = spawn(process, argv, ends[1]);
  close(ends[1]);
  return problem;
}

static void close_all(Process *process) {
  close_handle((uv_handle_t *)&process->out);
  close_handle((uv_handle_t *)&process->limit);
  if (process->open > 2)
    close_handle((uv_handle_t *)&process->uv);
}

static void release(wl_Processes *pool, Process *process) {
  Process **at = &pool->first;
  while (*at != process)
    at = &(*at)->next;
  *at = process->next;
  wl_buffer_destroy(&process->output);
  wl_dealloc(pool->heap, process, sizeof *process);
}

int wl_processes_start(wl_Processes *pool, char **argv, uint64_t limit_ms,
                       wl_Error *error) {
  Process *process = new_process(pool);
  int problem = launch(process, argv);
  if (problem != 0) {
    close_all(process);
    while (process->open > 0)
      uv_run(&pool->loop, UV_RUN_NOWAIT);
    release(pool, process);
    wl_fail(error, WL_EIO, "%.400s: %s", argv[0], uv_strerror(problem));
    return 0;
  }
  process->started_ns = uv_hrtime();
  process->ended.number = ++pool->last_number;
  uv_read_start((uv_stream_t *)&process->out, give_chunk, on_output);
  uv_update_time(&pool->loop);
  if (limit_ms > 0)
    uv_timer_start(&process->limit, on_limit, limit_ms, 0);
  return process->ended.number;
}

/* ---- ending ---- */

static Process *ended_one(const wl_Processes *pool) {
  Process *first = NULL; /* the list has the latest in front */
  for (Process *p = pool->first; p != NULL; p = p->next)
    if (p->exited && p->open == 0)
      first = p;
  return first;
}

bool wl_processes_wait(wl_Processes *pool, wl_Ended *ended, wl_Buffer *output) {
  Process *process;
  while ((process = ended_one(pool)) == NULL) {
    if (pool->first == NULL)
      return false;
    uv_run(&pool->loop, UV_RUN_ONCE);
  }
  *ended = process->ended;
  wl_buffer_add(output, process->output.bytes, process->output.length);
  release(pool, process);
  return true;
}

void wl_processes_free(wl_Processes *pool) {
  if (pool == NULL)
    return;
  for (Process *p = pool->first; p != NULL; p = p->next)
    if (!p->exited)
      uv_process_kill(&p->uv, SIGKILL);
  while (pool->first != NULL) {
    Process *p = pool->first;
    while (!p->exited || p->open > 0)
      uv_run(&pool->loop, UV_RUN_ONCE);
    release(pool, p);
  }
  uv_loop_close(&pool->loop);
  wl_dealloc(pool->heap, pool, sizeof *pool);
}
