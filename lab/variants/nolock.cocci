// SPDX-License-Identifier: GPL-2.0-or-later
// summary: no lock in exit_mmap, and nothing in its place
// no reaper: with no lock, nor anything in its place, a reaper would use freed page tables
//
// The reference for what the lock costs: this and stock, v1, v2 differ in nothing else.
//
// Removes every mmap_lock operation of exit_mmap(). MMF_OOM_SKIP is still set for every mm,
// as shipped. No kernel was ever like this: whoever holds the mm without being its user
// (the OOM reaper, process_mrelease) may walk page tables and VMAs while they are freed.
// For a kernel as it was before the change, see before.cocci.

// step mm/mmap.c: no mmap_lock in exit_mmap
@@
@@
 exit_mmap(...)
 {
 <+...
(
- mmap_read_lock(...);
|
- mmap_read_unlock(...);
|
- mmap_write_lock(...);
|
- mmap_write_unlock(...);
)
 ...+>
 }
