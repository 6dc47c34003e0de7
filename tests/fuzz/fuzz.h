/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a harness is: libFuzzer's entry, which takes any bytes and must neither crash nor
 * leak. Linked to libFuzzer by "make fuzz", else to replay.c, which runs files through it.
 */
#ifndef EXITBENCH_FUZZ_H
#define EXITBENCH_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A claim that must hold of any input. */
#define must(claim)                                                                     \
	do {                                                                            \
		if (!(claim)) {                                                         \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #claim); \
			abort();                                                        \
		}                                                                       \
	} while (0)

/* The bytes as a string of their own: a read past its end is seen. */
static inline char *fuzz_string(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	must(text);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* A path under which the bytes can be opened and read: a file in memory, made once. */
static inline const char *fuzz_file(const uint8_t *data, size_t size)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	must(fd >= 0 && !ftruncate(fd, 0));
	must(pwrite(fd, data, size, 0) == (ssize_t)size);
	return path;
}

#endif
