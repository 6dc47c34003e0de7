// SPDX-License-Identifier: GPL-2.0-or-later
// summary: as shipped; from 6.0 on a read lock, then a write lock
// order: 50
//
// Changes nothing. What "as shipped" is depends on the source: up to 5.16 no lock (see
// before.cocci), from 5.17 one write lock (see v2.cocci), from 6.0 the lock for read while
// pages are unmapped, then for write while page tables and VMAs are freed.
