// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>
#include <linux/workqueue.h>

#include <drm/drm_device.h>

#include "topology_admin.h"
#include "topology_internal.h"
#include "topology_reconcile.h"
#include "topology_rule.h"

/*
 * The groups as they are applied. What the rule wants is computed anew at each
 * change, and applied as far as nobody holds what would have to be changed.
 *
 * The number of users doubles as a gate: a group with none is frozen, by -1,
 * while it may change. So that to open a VM takes one atomic operation, and
 * the mutex only when a change is under way.
 */

LIST_HEAD(topology_groups);

#define TOPOLOGY_FROZEN		(-1)

/* How often to look whether pages that hold a group have gone out of use. */
#define TOPOLOGY_CHECK_DELAY	(HZ / 2)

/* The last regroup failed, with -ENOMEM for instance. */
static bool topology_retry;

static struct workqueue_struct *topology_wq;
static void topology_check(struct work_struct *work);
static DECLARE_DELAYED_WORK(topology_check_work, topology_check);

/* Scratch for one computation. All arrays are by initiator. */
struct topology_plan {
	unsigned int n;
	struct drm_pagemap_initiator **initiators;
	struct drm_pagemap_group **groups;	/* by number of resulting block */
	u32 *wanted;
	u32 *wanted_admin;
	u32 *held;
	u32 *held_admin;
	u32 *block;
	u16 *num_pagemaps;
	bool *pending;
	struct topology_rule_link *links;
	void *memory;
};

static void topology_plan_free(struct topology_plan *plan)
{
	kvfree(plan->links);
	kvfree(plan->memory);
}

DEFINE_FREE(topology_plan, struct topology_plan *, topology_plan_free(_T))

static struct drm_pagemap_group *topology_group_of(struct drm_pagemap_initiator *initiator)
{
	return rcu_dereference_protected(initiator->group,
					 lockdep_is_held(&topology_lock));
}

static void topology_group_users_changed(struct drm_pagemap_group *group)
{
	struct kernfs_node *file = READ_ONCE(group->users_file);

	if (file)
		kernfs_notify(file);
}

/*
 * With a reference, so that the group outlives its removal from sysfs. Only the
 * first one is news to who waits for users.
 */
static bool topology_group_try_hold(struct drm_pagemap_group *group)
{
	int users = atomic_read(&group->users);

	do {
		if (users < 0)
			return false;
	} while (!atomic_try_cmpxchg(&group->users, &users, users + 1));

	if (!kobject_get_unless_zero(&group->dev.kobj)) {
		atomic_dec(&group->users);
		return false;
	}
	if (!users)
		topology_group_users_changed(group);

	return true;
}

/**
 * drm_pagemap_group_hold() - Take the group of an initiator, for an SVM VM
 * @initiator: The GPU of the VM.
 *
 * While a group is held none of its members leaves it, but by being unbound.
 * Its owner is what the VM passes to drm_gpusvm_get_pages(). To be released by
 * drm_pagemap_group_release() when the VM has no mappings any more, and before
 * the initiator is unregistered. One atomic operation; sleeps only while groups
 * are being changed.
 *
 * Return: The group, or an error pointer: %-ENODEV if the device is going.
 */
struct drm_pagemap_group *
drm_pagemap_group_hold(struct drm_pagemap_initiator *initiator)
{
	struct drm_pagemap_group *group;

	scoped_guard(rcu) {
		group = rcu_dereference(initiator->group);
		if (group && (READ_ONCE(initiator->dead) || !topology_group_try_hold(group)))
			group = NULL;
	}

	/* A whole regrouping may have passed before it was held; now none can. */
	if (group && rcu_access_pointer(initiator->group) == group)
		return group;
	drm_pagemap_group_release(group);

	guard(mutex)(&topology_lock);
	group = topology_group_of(initiator);
	if (!group || initiator->dead || WARN_ON(!topology_group_try_hold(group)))
		return ERR_PTR(-ENODEV);

	return group;
}
EXPORT_SYMBOL(drm_pagemap_group_hold);

/**
 * drm_pagemap_group_release() - Give back a group
 * @group: From drm_pagemap_group_hold(), or %NULL.
 *
 * What waited for the last holder is done soon, by a worker.
 */
void drm_pagemap_group_release(struct drm_pagemap_group *group)
{
	if (!group)
		return;

	if (atomic_dec_return(&group->users)) {
		/* What is left may be pages that go out of use just now. */
		topology_group_check_later();
	} else {
		topology_group_users_changed(group);
		if (READ_ONCE(group->pending))
			mod_delayed_work(topology_wq, &topology_check_work, 0);
	}
	put_device(&group->dev);
}
EXPORT_SYMBOL(drm_pagemap_group_release);

/**
 * topology_group_held() - Had a group got users when groups were frozen
 * @group: The group.
 *
 * To be called between topology_groups_freeze() and topology_groups_thaw(). A
 * group that could not be frozen may be without users by now, but others can
 * come at any time.
 *
 * Return: %true if so.
 */
bool topology_group_held(struct drm_pagemap_group *group)
{
	lockdep_assert_held(&topology_lock);

	return atomic_read(&group->users) != TOPOLOGY_FROZEN;
}

static void topology_reap(void)
{
	struct drm_pagemap_initiator *initiator;
	unsigned int i;

	list_for_each_entry(initiator, &topology_initiators, entry)
		for (i = 0; i < initiator->num_regions; i++)
			topology_region_reap(initiator->regions[i]);
}

/**
 * topology_groups_freeze() - Let nobody into groups that have no users
 */
void topology_groups_freeze(void)
{
	struct drm_pagemap_group *group;

	lockdep_assert_held(&topology_lock);

	topology_reap();
	list_for_each_entry(group, &topology_groups, entry)
		atomic_cmpxchg(&group->users, 0, TOPOLOGY_FROZEN);
}

/**
 * topology_groups_thaw() - Undo topology_groups_freeze()
 */
void topology_groups_thaw(void)
{
	struct drm_pagemap_group *group;

	lockdep_assert_held(&topology_lock);

	list_for_each_entry(group, &topology_groups, entry)
		atomic_cmpxchg(&group->users, TOPOLOGY_FROZEN, 0);
}

/**
 * topology_group_check_later() - Look soon whether something can be applied
 */
void topology_group_check_later(void)
{
	queue_delayed_work(topology_wq, &topology_check_work, TOPOLOGY_CHECK_DELAY);
}

static unsigned int topology_initiators_number(void)
{
	struct drm_pagemap_initiator *initiator;
	unsigned int n = 0;

	list_for_each_entry(initiator, &topology_initiators, entry)
		initiator->index = n++;

	return n;
}

static int topology_plan_alloc(struct topology_plan *plan)
{
	unsigned int n = topology_initiators_number();
	struct drm_pagemap_initiator *initiator;
	size_t each = sizeof(*plan->initiators) + sizeof(*plan->groups) +
		      5 * sizeof(u32) + sizeof(u16) + sizeof(bool);

	if (!n)
		return 0;

	plan->memory = kvcalloc(n, each, GFP_KERNEL);
	if (!plan->memory)
		return -ENOMEM;

	plan->n = n;
	/* By falling alignment. */
	plan->initiators = plan->memory;
	plan->groups = (void *)(plan->initiators + n);
	plan->wanted = (void *)(plan->groups + n);
	plan->wanted_admin = plan->wanted + n;
	plan->held = plan->wanted_admin + n;
	plan->held_admin = plan->held + n;
	plan->block = plan->held_admin + n;
	plan->num_pagemaps = (void *)(plan->block + n);
	plan->pending = (void *)(plan->num_pagemaps + n);

	list_for_each_entry(initiator, &topology_initiators, entry) {
		plan->initiators[initiator->index] = initiator;
		plan->num_pagemaps[initiator->index] = initiator->num_regions;
	}

	return 0;
}

/* Does the rule reckon with a link? What is about to go keeps to itself. */
static bool topology_link_counts(struct topology_link *link)
{
	return link->refusal == DRM_PAGEMAP_DIRECT && !topology_link_going(link);
}

static int topology_plan_links(struct topology_plan *plan, unsigned int *num_links)
{
	struct topology_link *link;
	unsigned int i, count = 0;
	unsigned long id;

	for (i = 0; i < plan->n; i++)
		xa_for_each(&plan->initiators[i]->links, id, link)
			count += topology_link_counts(link);

	plan->links = kvcalloc(count, sizeof(*plan->links), GFP_KERNEL);
	if (count && !plan->links)
		return -ENOMEM;

	*num_links = 0;
	for (i = 0; i < plan->n; i++) {
		xa_for_each(&plan->initiators[i]->links, id, link) {
			if (!topology_link_counts(link))
				continue;
			plan->links[(*num_links)++] = (struct topology_rule_link) {
				.from = i,
				.to = link->region->initiator->index,
				.read_bandwidth = link->info.read_bandwidth,
				.write_bandwidth = link->info.write_bandwidth,
			};
		}
	}

	return 0;
}

/* By itself, also if it has no memory, so that the rule sees no harm in it. */
static void topology_plan_isolate(struct topology_plan *plan, unsigned int dead)
{
	unsigned int i, first = dead;

	for (i = dead + 1; i < plan->n; i++) {
		if (plan->wanted[i] != dead)
			continue;
		if (first == dead)
			first = i;
		plan->wanted[i] = first;
	}

	plan->wanted[dead] = dead;
}

/* What the rule wants. */
static int topology_plan_want(struct topology_plan *plan)
{
	struct topology_rule_input in = {
		.num_initiators = plan->n,
		.num_pagemaps = plan->num_pagemaps,
		.min_bandwidth = topology_admin_min_bandwidth(),
		.admin_block = plan->wanted_admin,
	};
	unsigned int i;
	int err;

	topology_admin_choose(plan->wanted_admin);

	err = topology_plan_links(plan, &in.num_links);
	if (err)
		return err;

	in.links = plan->links;
	err = topology_rule_compute(&in, plan->wanted, NULL);
	if (err)
		return err;

	for (i = 0; i < plan->n; i++)
		if (plan->initiators[i]->dead)
			topology_plan_isolate(plan, i);

	return 0;
}

static struct topology_admin_group *topology_admin_of(struct drm_pagemap_group *group)
{
	struct topology_admin_group *admin;

	list_for_each_entry(admin, &topology_admin_groups, entry)
		if (group && admin->group == group)
			return admin;

	return NULL;
}

/* What can't be moved: a group that could not be frozen. */
static void topology_plan_held(struct topology_plan *plan)
{
	struct topology_admin_group *admin;
	struct drm_pagemap_group *group;
	unsigned int i, j;

	for (i = 0; i < plan->n; i++) {
		group = topology_group_of(plan->initiators[i]);
		plan->held[i] = TOPOLOGY_NOT_HELD;
		if (!group || !topology_group_held(group))
			continue;

		for (j = 0; topology_group_of(plan->initiators[j]) != group; j++)
			;
		plan->held[i] = j;
		admin = topology_admin_of(group);
		plan->held_admin[i] = admin ? admin->number : 0;
	}
}

static void topology_group_release_dev(struct device *dev)
{
	struct drm_pagemap_group *group = to_group(dev);

	/* Kept so long because holders notify them. */
	sysfs_put(group->users_file);
	sysfs_put(group->pending_file);
	sysfs_put(group->complete_file);
	kfree_rcu(group, rcu);
	topology_object_put();
}

/* In sysfs at once, where the plan may still come to nothing. */
static struct drm_pagemap_group *topology_group_create(const char *name, bool admin)
{
	struct drm_pagemap_group *group;
	int err;

	group = kzalloc_obj(*group);
	if (!group)
		return ERR_PTR(-ENOMEM);

	device_initialize(&group->dev);
	device_set_pm_not_required(&group->dev);
	group->dev.class = &topology_group_class;
	group->dev.release = topology_group_release_dev;
	topology_object_get();
	INIT_LIST_HEAD(&group->initiators);
	group->admin = admin;
	group->staged = true;
	atomic_set(&group->users, TOPOLOGY_FROZEN);

	topology_touch();
	err = dev_set_name(&group->dev, "%s", name) ?: topology_sysfs_add_group(group);
	if (err) {
		put_device(&group->dev);
		return ERR_PTR(err);
	}

	list_add_tail(&group->entry, &topology_groups);
	return group;
}

/* From the list and from sysfs. Those who hold it still have it. */
static void topology_group_retire(struct drm_pagemap_group *group)
{
	list_del(&group->entry);
	topology_touch();
	topology_sysfs_del_group(group);
	put_device(&group->dev);
}

static struct drm_pagemap_group *topology_group_find(const char *name)
{
	struct drm_pagemap_group *group;

	list_for_each_entry(group, &topology_groups, entry)
		if (!strcmp(dev_name(&group->dev), name))
			return group;

	return NULL;
}

/*
 * The group of a block that is not held: the one with its name, or a new one.
 * A held group keeps its name, even if its first member is in another block.
 */
static struct drm_pagemap_group *topology_plan_auto_group(const char *uid)
{
	char name[sizeof("auto-~4294967295") + TOPOLOGY_UID_MAX];
	struct drm_pagemap_group *group;
	unsigned int i = 1;

	snprintf(name, sizeof(name), "auto-%s", uid);
	while ((group = topology_group_find(name))) {
		if (!topology_group_held(group))
			return group;
		snprintf(name, sizeof(name), "auto-%s~%u", uid, ++i);
	}

	return topology_group_create(name, false);
}

static struct drm_pagemap_group *topology_plan_admin_group(u32 number)
{
	struct topology_admin_group *admin;

	list_for_each_entry(admin, &topology_admin_groups, entry)
		if (admin->enabled && admin->number == number)
			return admin->group;

	return NULL;
}

/* An enabled group is there even while all of its members are absent. */
static int topology_plan_enabled_groups(void)
{
	struct topology_admin_group *admin;
	struct drm_pagemap_group *group;

	list_for_each_entry(admin, &topology_admin_groups, entry) {
		if (!admin->enabled || admin->group)
			continue;
		group = topology_group_create(admin->name, true);
		if (IS_ERR(group))
			return PTR_ERR(group);
		group->members_expected = admin->num_members;
		admin->group = group;
	}

	return 0;
}

static struct drm_pagemap_group *topology_plan_group_of_block(struct topology_plan *plan,
							      unsigned int block)
{
	struct drm_pagemap_group *group = NULL;
	unsigned int i;

	for (i = block; i < plan->n; i++)
		if (plan->block[i] == block && plan->held[i] != TOPOLOGY_NOT_HELD)
			return topology_group_of(plan->initiators[i]);

	if (plan->wanted_admin[block])
		group = topology_plan_admin_group(plan->wanted_admin[block]);
	/* A remainder of it, where what holds the group itself is not wanted in it. */
	if (group && !topology_group_held(group))
		return group;
	if (group && list_empty(&group->initiators))
		return group;

	return topology_plan_auto_group(plan->initiators[block]->uid);
}

/* What is about to go needs no group, unless somebody holds the one it has. */
static bool topology_plan_leaves(struct topology_plan *plan, unsigned int i)
{
	return plan->initiators[i]->dead && plan->held[i] == TOPOLOGY_NOT_HELD;
}

static int topology_plan_groups(struct topology_plan *plan)
{
	struct drm_pagemap_group *group;
	unsigned int i;
	int err;

	err = topology_plan_enabled_groups();
	if (err)
		return err;

	for (i = 0; i < plan->n; i++) {
		if (plan->block[i] != i || topology_plan_leaves(plan, i))
			continue;
		group = topology_plan_group_of_block(plan, i);
		if (IS_ERR(group))
			return PTR_ERR(group);
		plan->groups[i] = group;
	}

	return 0;
}

/* The group that an initiator comes into, if it is another one. */
static struct drm_pagemap_group *topology_plan_joins(struct topology_plan *plan,
						     unsigned int i)
{
	struct drm_pagemap_group *group = plan->groups[plan->block[i]];

	return group == topology_group_of(plan->initiators[i]) ? NULL : group;
}

/* The last thing that can fail. */
static int topology_plan_members(struct topology_plan *plan)
{
	struct drm_pagemap_group *group;
	unsigned int i;
	int err;

	for (i = 0; i < plan->n; i++) {
		group = topology_plan_joins(plan, i);
		if (!group)
			continue;
		topology_touch();
		err = topology_sysfs_add_member(group, plan->initiators[i]);
		if (err)
			return err;
	}

	return 0;
}

static void topology_group_announce(struct drm_pagemap_group *group)
{
	if (group->announce == TOPOLOGY_ANNOUNCE_NONE)
		group->announce = TOPOLOGY_ANNOUNCE_CHANGE;
}

/**
 * topology_group_leave() - Take an initiator out of its group
 * @initiator: The initiator; it may be in none.
 */
void topology_group_leave(struct drm_pagemap_initiator *initiator)
{
	struct drm_pagemap_group *group = topology_group_of(initiator);

	if (!group)
		return;

	topology_touch();
	topology_sysfs_del_member(group, initiator);
	topology_sysfs_unlink_group(initiator);
	list_del_init(&initiator->at_group);
	RCU_INIT_POINTER(initiator->group, NULL);
	topology_group_announce(group);
}

static void topology_group_join(struct drm_pagemap_initiator *initiator,
				struct drm_pagemap_group *group)
{
	list_add_tail(&initiator->at_group, &group->initiators);
	rcu_assign_pointer(initiator->group, group);
	topology_sysfs_link_group(initiator, group);
	topology_group_announce(group);
}

static void topology_plan_apply(struct topology_plan *plan)
{
	struct drm_pagemap_group *group;
	unsigned int i;

	list_for_each_entry(group, &topology_groups, entry)
		group->staged = false;

	for (i = 0; i < plan->n; i++) {
		group = topology_plan_joins(plan, i);
		if (group || topology_plan_leaves(plan, i))
			topology_group_leave(plan->initiators[i]);
		if (group)
			topology_group_join(plan->initiators[i], group);
	}
}

/* Take back what is in sysfs of a plan that can't be carried out. */
static void topology_plan_drop(struct topology_plan *plan)
{
	struct drm_pagemap_group *group;
	unsigned int i;

	for (i = 0; i < plan->n; i++) {
		group = topology_plan_joins(plan, i);
		if (group)
			topology_sysfs_del_member(group, plan->initiators[i]);
	}
}

static bool topology_group_is_over(struct drm_pagemap_group *group)
{
	struct topology_admin_group *admin = topology_admin_of(group);

	if (group->staged)
		return true;

	return list_empty(&group->initiators) && !(admin && admin->enabled);
}

static void topology_retire_groups(void)
{
	struct drm_pagemap_group *group, *next;
	struct topology_admin_group *admin;

	list_for_each_entry_safe(group, next, &topology_groups, entry) {
		if (!topology_group_is_over(group))
			continue;
		admin = topology_admin_of(group);
		if (admin)
			admin->group = NULL;
		topology_group_retire(group);
	}
}

static void topology_group_bandwidth(struct drm_pagemap_group *group)
{
	struct drm_pagemap_initiator *initiator;
	u32 slowest_read = U32_MAX, slowest_write = U32_MAX;
	struct topology_link *link;
	unsigned long id;

	list_for_each_entry(initiator, &group->initiators, at_group) {
		xa_for_each(&initiator->links, id, link) {
			if (topology_group_of(link->region->initiator) != group)
				continue;
			/* An unknown bandwidth, 0, makes the slowest one unknown. */
			slowest_read = min(slowest_read, link->info.read_bandwidth);
			slowest_write = min(slowest_write, link->info.write_bandwidth);
		}
	}

	if (slowest_read == U32_MAX)
		slowest_read = 0;
	if (slowest_write == U32_MAX)
		slowest_write = 0;
	if (slowest_read == group->min_read_bandwidth &&
	    slowest_write == group->min_write_bandwidth)
		return;

	topology_touch();
	WRITE_ONCE(group->min_read_bandwidth, slowest_read);
	WRITE_ONCE(group->min_write_bandwidth, slowest_write);
}

static bool topology_link_meets(const struct topology_link *link, u32 threshold)
{
	return min(link->info.read_bandwidth, link->info.write_bandwidth) >= threshold;
}

static bool topology_links_meet(struct drm_pagemap_initiator *from,
				struct drm_pagemap_initiator *to, u32 threshold)
{
	struct topology_link *link;
	unsigned int i;

	for (i = 0; i < to->num_regions; i++) {
		link = topology_link_find(from, to->regions[i]);
		if (link && !topology_link_meets(link, threshold))
			return false;
	}

	return true;
}

/* Both ways: one slow link among all between the two is enough. */
static bool topology_pair_meets(struct drm_pagemap_initiator *a,
				struct drm_pagemap_initiator *b, u32 threshold)
{
	return topology_links_meet(a, b, threshold) && topology_links_meet(b, a, threshold);
}

static enum topology_usable topology_link_usable(struct topology_plan *plan,
						 struct topology_link *link)
{
	unsigned int from = link->initiator->index;
	struct drm_pagemap_initiator *owner = link->region->initiator;
	unsigned int to = owner->index;

	if (link->refusal != DRM_PAGEMAP_DIRECT)
		return TOPOLOGY_UNUSABLE_NO_ACCESS;
	if (topology_link_going(link))
		return TOPOLOGY_UNUSABLE_GOING;
	if (plan->block[from] == plan->block[to])
		return TOPOLOGY_USABLE;
	if (plan->wanted[from] == plan->wanted[to])
		return TOPOLOGY_UNUSABLE_HELD;
	if (plan->wanted_admin[from] || plan->wanted_admin[to])
		return TOPOLOGY_UNUSABLE_ADMIN_GROUP;
	if (!topology_pair_meets(link->initiator, owner, topology_admin_min_bandwidth()))
		return TOPOLOGY_UNUSABLE_THRESHOLD;

	return TOPOLOGY_UNUSABLE_CLIQUE;
}

static void topology_plan_publish_links(struct topology_plan *plan)
{
	enum topology_usable usable;
	struct topology_link *link;
	unsigned long id;
	unsigned int i;

	for (i = 0; i < plan->n; i++) {
		xa_for_each(&plan->initiators[i]->links, id, link) {
			usable = topology_link_usable(plan, link);
			if (usable == link->usable)
				continue;
			topology_touch();
			WRITE_ONCE(link->usable, usable);
		}
	}
}

/* One without members waits for nobody. */
static bool topology_plan_is_pending(struct topology_plan *plan,
				     struct drm_pagemap_group *group)
{
	unsigned int i;

	for (i = 0; i < plan->n; i++)
		if (plan->groups[i] == group)
			return plan->pending[i];

	return false;
}

static void topology_group_set_pending(struct drm_pagemap_group *group, bool pending)
{
	if (group->pending == pending)
		return;

	topology_touch();
	WRITE_ONCE(group->pending, pending);
	kernfs_notify(group->pending_file);
}

static void topology_plan_publish_groups(struct topology_plan *plan)
{
	struct drm_pagemap_group *group;

	list_for_each_entry(group, &topology_groups, entry) {
		topology_group_bandwidth(group);
		topology_group_set_pending(group, topology_plan_is_pending(plan, group));
	}
}

/* Who let go of a group after the freeze may not have seen it marked as pending. */
static void topology_plan_recheck(struct topology_plan *plan)
{
	struct drm_pagemap_group *group;
	unsigned int i;

	/* Pairs with the decrement in drm_pagemap_group_release(). */
	smp_mb();

	for (i = 0; i < plan->n; i++) {
		group = plan->groups[plan->block[i]];
		if (plan->held[i] == TOPOLOGY_NOT_HELD || !group->pending ||
		    atomic_read(&group->users))
			continue;
		mod_delayed_work(topology_wq, &topology_check_work, 0);
		return;
	}
}

static int topology_plan_compute(struct topology_plan *plan)
{
	struct topology_reconcile_input in;
	int err;

	err = topology_plan_alloc(plan);
	if (err)
		return err;

	err = topology_plan_want(plan);
	if (err)
		return err;

	topology_plan_held(plan);
	in = (struct topology_reconcile_input) {
		.num_initiators = plan->n,
		.wanted = plan->wanted,
		.wanted_admin = plan->wanted_admin,
		.held = plan->held,
		.held_admin = plan->held_admin,
	};
	err = topology_reconcile(&in, plan->block, plan->pending);
	if (err)
		return err;

	return topology_plan_groups(plan) ?: topology_plan_members(plan);
}

/**
 * topology_regroup() - Apply what the rule wants, as far as it can be applied
 *
 * To be called after each change of what it depends on; the generation moves
 * only if the result is another one.
 *
 * Everything that can fail comes before the first change.
 *
 * Return: 0 on success; or a negative error code, with nothing changed. Tried
 * again soon in that case.
 */
int topology_regroup(void)
{
	struct topology_plan storage = {};
	struct topology_plan *plan __free(topology_plan) = &storage;
	int err;

	lockdep_assert_held(&topology_lock);

	topology_groups_freeze();
	topology_links_update_refusals();
	err = topology_plan_compute(plan);
	topology_retry = err;
	if (err)
		topology_plan_drop(plan);
	else
		topology_plan_apply(plan);
	topology_retire_groups();
	if (!err) {
		topology_plan_publish_groups(plan);
		topology_plan_publish_links(plan);
		topology_admin_settle();
		topology_plan_recheck(plan);
	} else {
		topology_group_check_later();
	}
	topology_groups_thaw();

	return err;
}

/* Held by pages alone, whose going out of use nobody tells us. */
static bool topology_group_to_be_watched(struct drm_pagemap_group *group)
{
	struct drm_pagemap_initiator *initiator;
	int pagemaps = 0;
	unsigned int i;

	list_for_each_entry(initiator, &group->initiators, at_group)
		for (i = 0; i < initiator->num_regions; i++)
			pagemaps += initiator->regions[i]->held;

	return pagemaps && pagemaps == atomic_read(&group->users);
}

static bool topology_any_pending(void)
{
	struct drm_pagemap_group *group;

	list_for_each_entry(group, &topology_groups, entry)
		if (group->pending)
			return true;

	return false;
}

static void topology_check(struct work_struct *work)
{
	struct drm_pagemap_group *group;
	bool again = false;

	guard(mutex)(&topology_lock);
	topology_reap();
	if (topology_retry || topology_any_pending())
		topology_regroup();
	topology_change_end();

	list_for_each_entry(group, &topology_groups, entry)
		again |= group->pending && topology_group_to_be_watched(group);
	again |= topology_retry;

	if (again)
		topology_group_check_later();
}

/**
 * topology_groups_init() - Prepare for groups
 *
 * Return: 0 on success, %-ENOMEM.
 */
int topology_groups_init(void)
{
	topology_wq = alloc_workqueue("drm_pagemap_topology", WQ_UNBOUND, 0);
	return topology_wq ? 0 : -ENOMEM;
}

/**
 * topology_groups_fini() - No initiator and no holder is left
 */
void topology_groups_fini(void)
{
	cancel_delayed_work_sync(&topology_check_work);
	destroy_workqueue(topology_wq);
}
