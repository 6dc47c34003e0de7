/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is this a virtual machine, is this a container, and whose. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif
#include "machine/environment/environment-priv.h"

struct alias {
	const char *text;
	const char *name;
};

#ifdef __x86_64__
static const struct alias signatures[] = {
	{ "KVMKVMKVM", "kvm" },
	{ "Linux KVM Hv", "kvm" },
	{ "TCGTCGTCGTCG", "qemu" },
	{ "Microsoft Hv", "hyper-v" },
	{ "VMwareVMware", "vmware" },
	{ "XenVMMXenVMM", "xen" },
	{ "bhyve bhyve ", "bhyve" },
	{ "ACRNACRNACRN", "acrn" },
	{ "VBoxVBoxVBox", "virtualbox" },
	{ " lrpepyh  vr", "parallels" },
	{ "prl hyperv  ", "parallels" },
	{ "Jailhouse\0\0\0", "jailhouse" },
};

/* CPUID leaf 0x40000000 holds twelve characters that name the hypervisor. */
static bool cpuid_name(char *name, size_t size)
{
	unsigned int eax, reg[3];
	char id[13] = "";

	__cpuid(1, eax, reg[0], reg[1], reg[2]);
	if (!(reg[1] & (1u << 31)))
		return false;
	__cpuid(0x40000000, eax, reg[0], reg[1], reg[2]);
	memcpy(id, reg, 12);
	snprintf(name, size, "%s", id);
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++)
		if (!strcmp(id, signatures[i].text))
			snprintf(name, size, "%s", signatures[i].name);
	return true;
}
#else
static bool cpuid_name(char *name, size_t size)
{
	(void)name;
	(void)size;
	return false;
}
#endif

/* Firmware strings of virtual machines; "Google" and "Amazon EC2" also sell metal. */
static const struct alias firmware[] = {
	{ "KVM", "kvm" },
	{ "QEMU", "qemu" },
	{ "OpenStack", "kvm" },
	{ "DigitalOcean", "kvm" },
	{ "Alibaba Cloud ECS", "kvm" },
	{ "Google Compute Engine", "kvm" },
	{ "Amazon EC2", "kvm" },
	{ "VMware", "vmware" },
	{ "VMW", "vmware" },
	{ "innotek GmbH", "virtualbox" },
	{ "VirtualBox", "virtualbox" },
	{ "Xen", "xen" },
	{ "Virtual Machine", "hyper-v" },
	{ "Parallels", "parallels" },
	{ "BHYVE", "bhyve" },
	{ "Apple Virtualization", "apple" },
};

static const char *match(const struct alias *list, size_t n, const char *text)
{
	for (size_t i = 0; text && i < n; i++)
		if (!strncmp(text, list[i].text, strlen(list[i].text)))
			return list[i].name;
	return NULL;
}

static const char *firmware_name(const struct env *e)
{
	static const char *const keys[] = { "machine.product", "machine.vendor",
		"machine.board" };
	const char *product = environment_text(e->top, "machine.product"), *name = NULL;

	if (product && (strstr(product, ".metal") || strstr(product, "-metal")))
		return NULL;
	for (size_t i = 0; i < 3 && !name; i++)
		name = match(firmware, sizeof(firmware) / sizeof(firmware[0]),
			environment_text(e->top, keys[i]));
	return name;
}

static bool flagged(const char *cpuinfo)
{
	char *flags = env_field(cpuinfo, "flags");
	bool found = flags && strstr(flags, " hypervisor");

	free(flags);
	return found;
}

/*
 * On x86 the CPU's flag decides and the rest only names; arm64 has no flag, there the
 * firmware decides. Sets NAME to "none" for bare metal; false when nothing is known.
 */
static bool detect(struct env *e, const char *cpuinfo, char *name, size_t size,
	const char **by)
{
	bool x86 = cpuinfo && strstr(cpuinfo, "vendor_id");
	const char *fw = firmware_name(e);
	char *type;

	*by = "cpuid";
	if (!*e->root && cpuid_name(name, size))
		return true;
	type = env_read(e, "sys/hypervisor/type");
	if (!type)
		type = env_read(e, "proc/device-tree/hypervisor/compatible");
	if (type) {
		*by = "hypervisor node";
		snprintf(name, size, "%s", !strncmp(type, "linux,kvm", 9) ? "kvm" : type);
		free(type);
		return true;
	}
	*by = "firmware";
	snprintf(name, size, "%s", fw ? fw : "unknown");
	if (x86 && flagged(cpuinfo)) {
		*by = fw ? "cpu flag, firmware" : "cpu flag";
		return true;
	}
	if (fw && !x86)
		return true;
	*by = x86 ? "cpu flag" : "firmware";
	snprintf(name, size, "none");
	return cpuinfo != NULL;
}

static void collect_hypervisor(struct env *e)
{
	char *cpuinfo = env_read(e, "proc/cpuinfo");
	char name[64];
	const char *by;
	bool known = detect(e, cpuinfo, name, sizeof(name), &by);

	env_put_text(e, "machine.hypervisor", known ? name : NULL);
	env_put_text(e, "machine.hypervisor_seen_by", known ? by : NULL);
	free(cpuinfo);
}

/* The word after "container=" in the first process's environment. */
static char *init_container(const struct env *e)
{
	size_t len;
	char *text = env_read_raw(e, "proc/1/environ", &len), *found = NULL;

	for (char *p = text; p && p < text + len && !found; p += strlen(p) + 1)
		if (!strncmp(p, "container=", 10))
			found = strdup(p + 10);
	free(text);
	return found;
}

static const struct alias container_paths[] = {
	{ "/docker", "docker" },
	{ "/kubepods", "kubernetes" },
	{ "/libpod", "podman" },
	{ "/lxc", "lxc" },
	{ "/machine.slice/machine-", "systemd-nspawn" },
};

/* What says it comes first; then files that one leaves, then where our processes are. */
static void collect_container(struct env *e)
{
	char *name = env_read(e, "run/systemd/container");
	char *cgroup = env_read(e, "proc/self/cgroup");
	const char *seen = cgroup ? "none" : NULL;

	if (!name)
		name = init_container(e);
	for (size_t i = sizeof(container_paths) / sizeof(container_paths[0]); cgroup && i--;)
		if (strstr(cgroup, container_paths[i].text))
			seen = container_paths[i].name;
	if (env_exists(e, "run/.containerenv"))
		seen = "podman";
	if (env_exists(e, ".dockerenv"))
		seen = "docker";
	env_put_text(e, "machine.container", name ? name : seen);
	free(name);
	free(cgroup);
}

void env_machine(struct env *e)
{
	collect_hypervisor(e);
	collect_container(e);
}
