/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_GPU_H_
#define _VGPUSVM_GPU_H_

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "vgpusvm_config.h"

struct platform_device;

/**
 * struct vgpusvm_gpu - A virtual GPU, enabled or not
 * @entry: Entry in the list of all GPUs.
 * @config: Configuration of the GPU; frozen while it is enabled.
 * @pdev: Platform device while the GPU is enabled, else %NULL.
 *
 * Protected by vgpusvm_gpus_lock.
 */
struct vgpusvm_gpu {
	struct list_head entry;
	struct vgpusvm_config config;
	struct platform_device *pdev;
};

extern struct mutex vgpusvm_gpus_lock;

struct vgpusvm_gpu *vgpusvm_gpu_create(const char *name);
void vgpusvm_gpu_destroy(struct vgpusvm_gpu *gpu);
int vgpusvm_gpu_set_index(struct vgpusvm_gpu *gpu, unsigned int index);

bool vgpusvm_gpu_enabled(const struct vgpusvm_gpu *gpu);
int vgpusvm_gpu_enable(struct vgpusvm_gpu *gpu);
void vgpusvm_gpu_disable(struct vgpusvm_gpu *gpu);
int vgpusvm_gpu_lose(struct vgpusvm_gpu *gpu);
struct vgpusvm_config *vgpusvm_gpu_config(struct platform_device *pdev);

#endif
