/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_PCI_H_
#define _VGPUSVM_PCI_H_

struct drm_driver;

int vgpusvm_pci_init(const struct drm_driver *driver);
void vgpusvm_pci_fini(void);

#endif
