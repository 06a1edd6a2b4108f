/* A small HTTP/1.1 load generator for the benchmarks: keep-alive connections, one request in flight on each.
 *
 *   load PORT CONNECTIONS SECONDS MAXIMUM FILE
 *
 * FILE holds whole requests, each behind its length as 32 bits, little-endian; they are sent in turn, over and
 * over, unless MAXIMUM (0: none) ends it first. Only the loopback address is ever spoken to. Prints one JSON line:
 * requests, failures (status other than 2xx), seconds, and latency quantiles in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BUFFER 65536
#define BUCKETS 1000000 /* microseconds; slower ones count in the last */

struct connection {
    int fd;
    size_t have, want; /* bytes read; bytes of the whole reply, 0 while its head is incomplete */
    double sent;
    char data[BUFFER];
};

static char *text;
static size_t *offsets, *lengths, requests, next_request;
static uint32_t histogram[BUCKETS];
static uint64_t done, failed, maximum, started;

static double seconds(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void read_requests(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) die(path);
    fseek(file, 0, SEEK_END);
    size_t size = ftell(file), at = 0;
    rewind(file);
    text = malloc(size);
    if (fread(text, 1, size, file) != size) die("read");
    fclose(file);
    offsets = malloc(sizeof(size_t) * (size / 5 + 1));
    lengths = malloc(sizeof(size_t) * (size / 5 + 1));
    while (at + 4 <= size) {
        uint32_t length;
        memcpy(&length, text + at, 4);
        offsets[requests] = at + 4;
        lengths[requests++] = length;
        at += 4 + length;
    }
    if (!requests) die("no request in the file");
}

static int send_next(struct connection *one) {
    if (maximum && started >= maximum) return 0;
    started++;
    size_t which = next_request++ % requests, sent = 0;
    one->have = one->want = 0;
    one->sent = seconds();
    while (sent < lengths[which]) {
        ssize_t wrote = send(one->fd, text + offsets[which] + sent, lengths[which] - sent, MSG_NOSIGNAL);
        if (wrote < 0) {
            if (errno == EAGAIN) continue;
            die("send");
        }
        sent += wrote;
    }
    return 1;
}

/* Sets `want` once the head is there. */
static void parse_head(struct connection *one) {
    char *end = memmem(one->data, one->have, "\r\n\r\n", 4);
    if (!end) return;
    size_t head = end - one->data + 4, body = 0;
    for (char *line = one->data; line < end; line = (char *)memmem(line, end - line + 2, "\r\n", 2) + 2)
        if (!strncasecmp(line, "content-length:", 15)) body = strtoul(line + 15, NULL, 10);
    one->want = head + body;
    if (one->data[9] != '2') failed++;
}

/* Returns 0 when this connection has nothing more to do. */
static int receive(struct connection *one) {
    for (;;) {
        size_t room = BUFFER - one->have;
        ssize_t got = recv(one->fd, one->data + one->have, room, 0);
        if (got < 0 && errno == EAGAIN) return 1;
        if (got <= 0) die("connection closed by the server");
        one->have += got;
        if (!one->want) parse_head(one);
        if (!one->want || one->have < one->want) continue;
        double took = (seconds() - one->sent) * 1e6;
        histogram[took < BUCKETS ? (size_t)took : BUCKETS - 1]++;
        done++;
        if (!send_next(one)) return 0;
    }
}

static double quantile(double share) {
    uint64_t seen = 0, wanted = done * share;
    for (size_t at = 0; at < BUCKETS; at++)
        if ((seen += histogram[at]) > wanted) return at;
    return BUCKETS;
}

int main(int count, char **given) {
    if (count != 6) {
        fprintf(stderr, "load PORT CONNECTIONS SECONDS MAXIMUM FILE\n");
        return 2;
    }
    int wanted = atoi(given[2]), poll = epoll_create1(0), open = 0;
    double limit = atof(given[3]);
    maximum = strtoull(given[4], NULL, 10);
    read_requests(given[5]);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(given[1]))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    double began = seconds();
    for (int i = 0; i < wanted; i++) {
        struct connection *one = calloc(1, sizeof *one);
        int yes = 1;
        one->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(one->fd, (struct sockaddr *)&to, sizeof to)) die("connect");
        setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
        epoll_ctl(poll, EPOLL_CTL_ADD, one->fd, &event);
        fcntl(one->fd, F_SETFL, O_NONBLOCK);
        open += send_next(one);
    }
    struct epoll_event events[256];
    while (open > 0 && seconds() - began < limit) {
        int ready = epoll_wait(poll, events, 256, 100);
        for (int i = 0; i < ready; i++)
            if (!receive(events[i].data.ptr)) open--;
    }
    double took = seconds() - began;
    printf("{\"requests\": %lu, \"failures\": %lu, \"seconds\": %.4f, \"rate\": %.1f, \"p50_us\": %.0f, \"p99_us\": %.0f}\n",
           (unsigned long)done, (unsigned long)failed, took, done / took, quantile(0.5), quantile(0.99));
    return 0;
}
