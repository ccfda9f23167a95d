/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_MACHINE_H
#define GPUSVM_TOOL_MACHINE_H

#include "tool.h"

/* Attributes of the machine in other files of /sys; NULL or -1 if unknown */
char *machine_read(const struct options *options, const char *format, ...) __printf(2, 3);
int machine_node_of(const struct options *options, const struct gpusvm_initiator *initiator);
char *machine_pci_root(const struct options *options, const struct gpusvm_initiator *initiator);
char *machine_cores_of_node(const struct options *options, int node);
char *machine_cpus_of_node(const struct options *options, int node);
bool machine_next_cpu(const char *list, unsigned int *cpu);

#endif
