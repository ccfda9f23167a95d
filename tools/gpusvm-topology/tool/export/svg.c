// SPDX-License-Identifier: GPL-2.0-or-later
#include "export.h"

/* Draws the picture without another program; "export dot" is for Graphviz */
int export_svg(const struct gpusvm_topology *topology, const struct options *options)
{
	struct model *model = model_new(topology);

	(void)options;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"", stdout);
	drawing_print_size(model);
	printf(">\n<title>GPU memory topology</title>\n<style>\n%s", drawing_style);
	puts("svg{background:var(--back)}\n</style>");
	drawing_print(model);
	puts("</svg>");
	model_free(model);
	return 0;
}
