// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include "placed.h"
#include "vgpus.h"

char *start_placed(struct svm_gpu *gpu)
{
	svm_close(gpu);
	start_afresh();
	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	enable_vgpus("ab");
	svm_start(gpu, vgpu_uid('a'));

	return map_at(gpu, PLACED_SIZE, false, gpu->ids[0], PLACED_SEED);
}

void assert_placed(struct svm_gpu *gpu, const char *p)
{
	uint32_t now;

	assert_ok(gpu->driver->preference(gpu, (void *)p, PLACED_SIZE, &now));
	igt_assert_eq_u32(now, gpu->ids[0]);
	assert_holds(gpu, p, PLACED_SIZE, gpu->ids[0], PLACED_SEED);
}
