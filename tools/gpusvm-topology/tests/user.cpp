// SPDX-License-Identifier: GPL-2.0-or-later
// Uses the library from C++, on the tree of "make-tree TREE gpus=4 topology=ring
// regions=2,1 memless=1". Prints the nearest pagemaps of the first GPU, the peer groups
// of a file, and the error for a file that is not a GPU.
#include <cerrno>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <vector>

#include <gpusvm-peer-groups.h>
#include <gpusvm-placement.h>
#include <gpusvm-topology.h>

template<auto release>
struct releaser {
	template<typename T> void operator()(T *object) const { release(object); }
};

template<typename T, auto release>
using handle = std::unique_ptr<T, releaser<release>>;

using context = handle<gpusvm_ctx, gpusvm_unref>;
using topology = handle<gpusvm_topology, gpusvm_topology_unref>;
using nearest = handle<gpusvm_nearest, gpusvm_nearest_free>;
using peers = handle<gpusvm_peers, gpusvm_peers_free>;

template<typename H, typename F, typename... Arguments>
static H make(F function, Arguments... arguments)
{
	typename H::pointer object = nullptr;

	if (function(arguments..., &object))
		throw std::runtime_error("cannot create the object");
	return H(object);
}

static std::vector<uint32_t> nearest_ids(const gpusvm_initiator *initiator)
{
	auto iterator = make<nearest>(gpusvm_nearest_new, initiator, 0u);
	std::vector<uint32_t> ids;

	while (const gpusvm_link *link = gpusvm_nearest_next(iterator.get()))
		ids.push_back(gpusvm_pagemap_get_id(gpusvm_link_get_pagemap(link)));
	return ids;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;

	auto ctx = make<context>(gpusvm_new);
	if (gpusvm_set_sysroot(ctx.get(), argv[1]))
		return 1;
	auto scan = make<topology>(gpusvm_topology_new, ctx.get());
	for (uint32_t id : nearest_ids(gpusvm_initiator_get_first(scan.get())))
		std::cout << id << '\n';

	auto set = make<peers>(gpusvm_peers_new, ctx.get());
	if (gpusvm_peers_read_file(set.get(), argv[2]))
		std::cout << gpusvm_peers_get_error(set.get()) << '\n';
	for (size_t i = 0; auto *group = gpusvm_peers_get_group(set.get(), i); i++)
		std::cout << gpusvm_peer_group_get_name(group) << '\n';

	const char *name = nullptr;
	std::cout << (gpusvm_driver_name(-1, &name) == -EBADF) << '\n';
}
