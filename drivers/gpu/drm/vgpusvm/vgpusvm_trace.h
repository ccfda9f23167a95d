/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vgpusvm

#if !defined(_VGPUSVM_TRACE_H_) || defined(TRACE_HEADER_MULTI_READ)
#define _VGPUSVM_TRACE_H_

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/tracepoint.h>
#include <linux/types.h>

#ifndef VGPUSVM_TRACE_ONCE
#define VGPUSVM_TRACE_ONCE

/**
 * enum vgpusvm_evict_reason - Reasons to evict an allocation
 * @VGPUSVM_EVICT_ROOM: Another allocation needs room.
 * @VGPUSVM_EVICT_EMPTY: A program empties the region, or its GPU goes away.
 */
enum vgpusvm_evict_reason {
	VGPUSVM_EVICT_ROOM,
	VGPUSVM_EVICT_EMPTY,
};

#endif

TRACE_DEFINE_ENUM(VGPUSVM_EVICT_ROOM);
TRACE_DEFINE_ENUM(VGPUSVM_EVICT_EMPTY);

/* The errors that have a name in reasons; others show as numbers. */
#define vgpusvm_show_error(error)					\
	__print_symbolic(error,						\
			 { 0, "none" },					\
			 { EINTR, "interrupted" },			\
			 { EIO, "copy-failed" },			\
			 { ENOMEM, "no-memory" },			\
			 { EACCES, "denied" },				\
			 { EFAULT, "inaccessible" },			\
			 { EBUSY, "busy" },				\
			 { ENODEV, "gone" },				\
			 { EINVAL, "changed" },				\
			 { ENOSPC, "full" },				\
			 { ENOENT, "unknown" },				\
			 { ENOLINK, "other-group" })

DECLARE_EVENT_CLASS(vgpusvm_range_event,
		    TP_PROTO(struct device *dev, u32 pagemap, u64 start,
			     u64 end, int err),
		    TP_ARGS(dev, pagemap, start, end, err),
		    TP_STRUCT__entry(__string(dev, dev_name(dev))
				     __field(u32, pagemap)
				     __field(u64, start)
				     __field(u64, end)
				     __field(unsigned int, error)),
		    TP_fast_assign(__assign_str(dev);
				   __entry->pagemap = pagemap;
				   __entry->start = start;
				   __entry->end = end;
				   __entry->error = -err;),
		    TP_printk("dev=%s pagemap=%u start=0x%llx end=0x%llx reason=%s",
			      __get_str(dev), __entry->pagemap, __entry->start,
			      __entry->end, vgpusvm_show_error(__entry->error))
);

/* MADVISE has set the preferred pagemap of a range, or refused to. */
DEFINE_EVENT(vgpusvm_range_event, vgpusvm_place,
	     TP_PROTO(struct device *dev, u32 pagemap, u64 start, u64 end,
		      int err),
	     TP_ARGS(dev, pagemap, start, end, err)
);

/* A fault or a prefetch has tried to move a range to its preferred pagemap. */
DEFINE_EVENT(vgpusvm_range_event, vgpusvm_migrate,
	     TP_PROTO(struct device *dev, u32 pagemap, u64 start, u64 end,
		      int err),
	     TP_ARGS(dev, pagemap, start, end, err)
);

/* The GPU uses a range elsewhere than on its preferred pagemap. */
DEFINE_EVENT(vgpusvm_range_event, vgpusvm_fallback,
	     TP_PROTO(struct device *dev, u32 pagemap, u64 start, u64 end,
		      int err),
	     TP_ARGS(dev, pagemap, start, end, err)
);

/* A page fault of the GPU has ended, or the prefetch of a range. */
TRACE_EVENT(vgpusvm_page_fault,
	    TP_PROTO(struct device *dev, u32 pagemap, u64 addr, bool write,
		     bool prefetch, unsigned int tries, int err),
	    TP_ARGS(dev, pagemap, addr, write, prefetch, tries, err),
	    TP_STRUCT__entry(__string(dev, dev_name(dev))
			     __field(u32, pagemap)
			     __field(u64, addr)
			     __field(bool, write)
			     __field(bool, prefetch)
			     __field(unsigned int, tries)
			     __field(unsigned int, error)),
	    TP_fast_assign(__assign_str(dev);
			   __entry->pagemap = pagemap;
			   __entry->addr = addr;
			   __entry->write = write;
			   __entry->prefetch = prefetch;
			   __entry->tries = tries;
			   __entry->error = -err;),
	    TP_printk("dev=%s pagemap=%u addr=0x%llx access=%s tries=%u reason=%s",
		      __get_str(dev), __entry->pagemap, __entry->addr,
		      __entry->prefetch ? "prefetch" :
		      __entry->write ? "write" : "read",
		      __entry->tries, vgpusvm_show_error(__entry->error))
);

/* An allocation of a region was moved to system memory, or could not be. */
TRACE_EVENT(vgpusvm_evict,
	    TP_PROTO(struct device *dev, u32 pagemap, u64 size,
		     enum vgpusvm_evict_reason why, int err),
	    TP_ARGS(dev, pagemap, size, why, err),
	    TP_STRUCT__entry(__string(dev, dev_name(dev))
			     __field(u32, pagemap)
			     __field(u64, size)
			     __field(int, why)
			     __field(unsigned int, error)),
	    TP_fast_assign(__assign_str(dev);
			   __entry->pagemap = pagemap;
			   __entry->size = size;
			   __entry->why = why;
			   __entry->error = -err;),
	    TP_printk("dev=%s pagemap=%u size=%llu for=%s reason=%s",
		      __get_str(dev), __entry->pagemap, __entry->size,
		      __print_symbolic(__entry->why,
				       { VGPUSVM_EVICT_ROOM, "room" },
				       { VGPUSVM_EVICT_EMPTY, "empty" }),
		      vgpusvm_show_error(__entry->error))
);

#endif

/* This part is outside of the guard, and the Makefile has the include path */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE vgpusvm_trace
#include <trace/define_trace.h>
