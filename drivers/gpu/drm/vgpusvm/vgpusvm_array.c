// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Arrays in user memory. A program can be newer than the kernel, so elements
 * may be longer than this driver knows.
 */

#include <linux/align.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/uaccess.h>

#include <uapi/drm/vgpusvm_drm.h>

#include "vgpusvm_array.h"

/* Elements grow and never shrink */
static_assert(sizeof(struct drm_vgpusvm_op) >=
	      DRM_VGPUSVM_OP_SIZE_VER0);
static_assert(sizeof(struct drm_vgpusvm_range_attr) >=
	      DRM_VGPUSVM_RANGE_ATTR_SIZE_VER0);
static_assert(sizeof(struct drm_vgpusvm_region) >=
	      DRM_VGPUSVM_REGION_SIZE_VER0);
static_assert(sizeof(struct drm_vgpusvm_placement) >=
	      DRM_VGPUSVM_PLACEMENT_SIZE_VER0);
static_assert(sizeof(struct drm_vgpusvm_stats) >=
	      DRM_VGPUSVM_STATS_SIZE_VER0);
static_assert(sizeof(struct drm_vgpusvm_caps) >=
	      DRM_VGPUSVM_CAPS_SIZE_VER0);

/**
 * vgpusvm_array_check() - Check the distance of elements
 * @stride: Distance in bytes, from user space.
 * @size: Size of an element in the first version of the UAPI, a multiple of 8.
 *
 * Return: 0 or -EINVAL.
 */
int vgpusvm_array_check(u32 stride, size_t size)
{
	if (stride < size || stride > DRM_VGPUSVM_STRIDE_MAX ||
	    !IS_ALIGNED(stride, sizeof(u64)))
		return -EINVAL;

	return 0;
}

/**
 * vgpusvm_array_read() - Copy an array from user space
 * @array: Destination.
 * @size: Size of an element.
 * @num: Number of elements.
 * @user: Address of the first element in user space.
 * @stride: Distance of the elements in user space, checked.
 *
 * Return: 0, -EFAULT, or -E2BIG if an element has data that this driver does
 * not know.
 */
int vgpusvm_array_read(void *array, size_t size, u32 num, u64 user, u32 stride)
{
	int err = 0;
	u32 i;

	for (i = 0; i < num && !err; i++)
		err = copy_struct_from_user(array + i * size, size,
					    u64_to_user_ptr(user + (u64)i * stride),
					    stride);

	return err;
}

/**
 * vgpusvm_array_write() - Copy an array to user space
 * @user: Address of the first element in user space.
 * @stride: Distance of the elements in user space, checked. The function writes
 *	    zeroes beyond @size.
 * @array: Source.
 * @size: Size of an element.
 * @num: Number of elements.
 *
 * Return: 0 or -EFAULT.
 */
int vgpusvm_array_write(u64 user, u32 stride, const void *array, size_t size,
			u32 num)
{
	int err = 0;
	u32 i;

	for (i = 0; i < num && !err; i++)
		err = copy_struct_to_user(u64_to_user_ptr(user + (u64)i * stride),
					  stride, array + i * size, size, NULL);

	return err;
}
