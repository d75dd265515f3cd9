/**
 * What the C library of a worker is told about memory: arrays from 128 KiB on are given back to the system when they are let go,
 * whatever was freed before. glibc otherwise raises that bound to 32 MiB by and by, and the holes of pixel buffers stay
 * (measured: 70 to 80 MB less at the peak of a composite). Other C libraries pass it over.
 */
export const workerMemory = { MALLOC_MMAP_THRESHOLD_: '131072' } as const;
