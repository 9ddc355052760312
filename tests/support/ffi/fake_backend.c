/*
 * An operating system for libusb that exists only in memory: the tests link it with libusb's own core
 * (core.c, descriptor.c, hotplug.c, io.c, sync.c) in place of os/linux_usbfs.c. So everything above the
 * system calls is the real libusb.
 *
 * The bus: a root hub (address 1), a hub on its port 1 (address 2), and what fake_plug adds. Devices
 * answer the vendor requests of enum request; endpoint 0x01 stores a packet, endpoint 0x81 returns it
 * and waits while there is none.
 *
 * With -DWITHOUT_HOTPLUG the system does not tell of changes, like Windows.
 */
#include "libusbi.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FAKE __attribute__((visibility("default")))
#define MAX_DEVICES 16
#define MAX_DATA 8192

enum request {
	STORE = 1,         /* OUT: keeps the data */
	LOAD = 2,          /* IN: the data kept, at most wLength bytes */
	REFUSE = 3,        /* STALL */
	HOLD = 4,          /* NAK until the host gives up */
	OVERFLOW = 5,      /* babble */
	BREAK = 6,         /* error on the wire */
	BREAK_AND_LEAVE = 7, /* error on the wire; off the bus wValue ms later */
	LATE = 8,          /* LOAD after wValue ms */
	HALF = 9,          /* OUT: takes only half of the data */
	NEVER = 10,        /* NAK, and the system does not obey a cancellation */
	NOT_SUBMITTED = 11, /* the system refuses the submission with code -wValue */
};

enum operation { ON_OPEN = 0, ON_CLAIM = 1, ON_RESET = 2, ON_ALTERNATE = 3, ON_INIT = 4, OPERATIONS };

struct device {
	int plugged;
	uint8_t address, port;
	int under_hub;
	int speed;
	uint8_t device_descriptor[18];
	uint8_t config[1024];
	size_t config_length;
	uint8_t data[MAX_DATA];
	size_t data_length;
	uint8_t packet[1024];
	int packet_length; /* -1: none */
	int driver_bound, alternate;
	uint32_t claimed;
};

struct device_priv { struct device *device; };
struct handle_priv { uint32_t claimed; };
struct transfer_priv {
	struct list_head list;
	struct usbi_transfer *itransfer;
	int flying, status, hears_cancel;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct device devices[MAX_DEVICES];
static struct list_head flying = { &flying, &flying };
static uint8_t last_address = 2;
static int next_code[OPERATIONS], next_times[OPERATIONS];
static int64_t live_allocations, open_handles, claimed_interfaces, flying_transfers, threads;
static const uint8_t hub_descriptor[18] = { 18, 1, 0, 2, 9, 0, 0, 64, 0x6b, 0x1d, 2, 0, 0, 1, 0, 0, 0, 1 };
static const uint8_t hub_config[9] = { 9, 2, 9, 0, 0, 1, 0, 0xe0, 0 };

/* ---- counting libusb's allocations (linked with --wrap) ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *memory);

static void *counted(void *memory)
{
	if (memory)
		__atomic_add_fetch(&live_allocations, 1, __ATOMIC_SEQ_CST);
	return memory;
}

void *__wrap_malloc(size_t size) { return counted(__real_malloc(size)); }
void *__wrap_calloc(size_t count, size_t size) { return counted(__real_calloc(count, size)); }

void *__wrap_realloc(void *old, size_t size)
{
	void *memory = __real_realloc(old, size);
	return old ? memory : counted(memory);
}

void __wrap_free(void *memory)
{
	if (memory)
		__atomic_sub_fetch(&live_allocations, 1, __ATOMIC_SEQ_CST);
	__real_free(memory);
}

/* ---- the bus ---- */

static struct device *find(uint8_t address)
{
	for (int i = 0; i < MAX_DEVICES; i++)
		if (devices[i].plugged && devices[i].address == address)
			return &devices[i];
	return NULL;
}

static struct device *of(struct libusb_device *dev)
{
	return ((struct device_priv *)usbi_get_device_priv(dev))->device;
}

static void plug_hubs(void)
{
	for (int i = 0; i < 2; i++) {
		struct device *hub = &devices[i];

		memset(hub, 0, sizeof(*hub));
		hub->plugged = 1;
		hub->address = (uint8_t)(i + 1);
		hub->port = (uint8_t)i;
		hub->speed = LIBUSB_SPEED_HIGH;
		memcpy(hub->device_descriptor, hub_descriptor, sizeof(hub_descriptor));
		memcpy(hub->config, hub_config, sizeof(hub_config));
		hub->config_length = sizeof(hub_config);
		hub->packet_length = -1;
	}
}

/* The libusb_device of a device of ours, with a reference for the caller. */
static struct libusb_device *introduce(struct libusb_context *ctx, struct device *device, int *is_new)
{
	struct libusb_device *dev = usbi_get_device_by_session_id(ctx, device->address);

	*is_new = !dev;
	if (dev)
		return dev;
	dev = usbi_alloc_device(ctx, device->address);
	dev->bus_number = 1;
	dev->device_address = device->address;
	dev->port_number = device->port;
	dev->speed = (enum libusb_speed)device->speed;
	if (device->address > 1)
		dev->parent_dev = usbi_get_device_by_session_id(ctx, device->under_hub ? 2 : 1);
	memcpy(&dev->device_descriptor, device->device_descriptor, 18);
	((struct device_priv *)usbi_get_device_priv(dev))->device = device;
	usbi_sanitize_device(dev);
	return dev;
}

#ifndef WITHOUT_HOTPLUG
static void announce(struct libusb_context *ctx, struct device *device)
{
	int is_new;
	struct libusb_device *dev = introduce(ctx, device, &is_new);

	if (is_new)
		usbi_connect_device(dev); /* the bus keeps the reference */
	else
		libusb_unref_device(dev);
}
#endif

/* Ends a transfer; the lock is held. */
static void finish(struct transfer_priv *priv, int status)
{
	if (!priv->flying)
		return;
	priv->flying = 0;
	priv->status = status;
	list_del(&priv->list);
	flying_transfers--;
	usbi_signal_transfer_completion(priv->itransfer);
}

/* ---- what the tests call ---- */

FAKE int fake_plug(int under_hub, int port, int speed, const uint8_t *device_descriptor,
	const uint8_t *config, size_t config_length)
{
	struct device *device = NULL;

	pthread_mutex_lock(&lock);
	for (int i = 2; i < MAX_DEVICES && !device; i++)
		if (!devices[i].plugged)
			device = &devices[i];
	if (!device) {
		pthread_mutex_unlock(&lock);
		return -1;
	}
	memset(device, 0, sizeof(*device));
	device->plugged = 1;
	device->address = last_address = (uint8_t)(last_address < 120 ? last_address + 1 : 3);
	device->under_hub = under_hub;
	device->port = (uint8_t)port;
	device->speed = speed;
	memcpy(device->device_descriptor, device_descriptor, 18);
	memcpy(device->config, config, config_length);
	device->config_length = config_length;
	device->packet_length = -1;
	pthread_mutex_unlock(&lock);
#ifndef WITHOUT_HOTPLUG
	struct libusb_context *ctx;

	usbi_mutex_static_lock(&active_contexts_lock);
	if (active_contexts_list.next) /* libusb makes the list when its first context starts */
		for_each_context(ctx)
			announce(ctx, device);
	usbi_mutex_static_unlock(&active_contexts_lock);
#endif
	return device->address;
}

FAKE void fake_unplug(int address)
{
	struct transfer_priv *priv, *next;
	struct device *device;

	pthread_mutex_lock(&lock);
	device = find((uint8_t)address);
	if (device)
		device->plugged = 0;
	list_for_each_entry_safe(priv, next, &flying, list, struct transfer_priv)
		if (device && of(priv->itransfer->dev) == device)
			finish(priv, LIBUSB_TRANSFER_NO_DEVICE);
	pthread_mutex_unlock(&lock);
	if (!device)
		return;
#ifndef WITHOUT_HOTPLUG
	struct libusb_context *ctx;

	usbi_mutex_static_lock(&active_contexts_lock);
	for_each_context(ctx) {
		struct libusb_device *dev = usbi_get_device_by_session_id(ctx, (unsigned long)address);

		if (dev) {
			usbi_disconnect_device(dev);
			libusb_unref_device(dev);
		}
	}
	usbi_mutex_static_unlock(&active_contexts_lock);
#endif
}

/* The next `times` calls of an operation give `code`. */
FAKE void fake_fail(int operation, int code, int times)
{
	next_code[operation] = code;
	next_times[operation] = times;
}

FAKE void fake_bind_driver(int address) { find((uint8_t)address)->driver_bound = 1; }
FAKE int fake_driver_bound(int address) { return find((uint8_t)address)->driver_bound; }
FAKE int fake_alternate(int address) { return find((uint8_t)address)->alternate; }

FAKE void fake_counters(int64_t *out)
{
	out[0] = __atomic_load_n(&live_allocations, __ATOMIC_SEQ_CST);
	out[1] = open_handles;
	out[2] = claimed_interfaces;
	out[3] = flying_transfers;
}

static int failure(int operation)
{
	if (next_times[operation] <= 0)
		return 0;
	next_times[operation]--;
	return next_code[operation];
}

/* ---- transfers ---- */

struct delay { struct transfer_priv *priv; struct device *device; int ms, leave; };

static void load(struct usbi_transfer *itransfer, struct device *device)
{
	struct libusb_transfer *transfer = USBI_TRANSFER_TO_LIBUSB_TRANSFER(itransfer);
	size_t room = (size_t)transfer->length - LIBUSB_CONTROL_SETUP_SIZE;
	size_t length = device->data_length < room ? device->data_length : room;

	memcpy(transfer->buffer + LIBUSB_CONTROL_SETUP_SIZE, device->data, length);
	itransfer->transferred = (int)length;
}

static void *after_delay(void *argument)
{
	struct delay *delay = argument;
	struct timespec pause = { delay->ms / 1000, delay->ms % 1000 * 1000000L };
	struct transfer_priv *priv;

	nanosleep(&pause, NULL);
	if (delay->leave) {
		fake_unplug(delay->device->address);
	} else {
		pthread_mutex_lock(&lock);
		list_for_each_entry(priv, &flying, list, struct transfer_priv)
			if (priv == delay->priv) {
				load(priv->itransfer, delay->device);
				finish(priv, LIBUSB_TRANSFER_COMPLETED);
				break;
			}
		pthread_mutex_unlock(&lock);
	}
	__real_free(delay);
	__atomic_sub_fetch(&threads, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void later(struct transfer_priv *priv, struct device *device, int ms, int leave)
{
	struct delay *delay = __real_malloc(sizeof(*delay));
	pthread_t thread;

	*delay = (struct delay){ priv, device, ms, leave };
	__atomic_add_fetch(&threads, 1, __ATOMIC_SEQ_CST);
	pthread_create(&thread, NULL, after_delay, delay);
	pthread_detach(thread);
}

static void control(struct usbi_transfer *itransfer, struct transfer_priv *priv, struct device *device)
{
	struct libusb_transfer *transfer = USBI_TRANSFER_TO_LIBUSB_TRANSFER(itransfer);
	struct libusb_control_setup *setup = libusb_control_transfer_get_setup(transfer);
	uint16_t wValue = libusb_le16_to_cpu(setup->wValue), wLength = libusb_le16_to_cpu(setup->wLength);

	switch (setup->bRequest) {
	case STORE:
	case HALF:
		device->data_length = setup->bRequest == HALF ? wLength / 2 : wLength;
		memcpy(device->data, libusb_control_transfer_get_data(transfer), device->data_length);
		itransfer->transferred = (int)device->data_length;
		finish(priv, LIBUSB_TRANSFER_COMPLETED);
		break;
	case LOAD:
		load(itransfer, device);
		finish(priv, LIBUSB_TRANSFER_COMPLETED);
		break;
	case OVERFLOW:
		finish(priv, LIBUSB_TRANSFER_OVERFLOW);
		break;
	case BREAK:
		finish(priv, LIBUSB_TRANSFER_ERROR);
		break;
	case BREAK_AND_LEAVE:
		finish(priv, LIBUSB_TRANSFER_ERROR);
		later(NULL, device, wValue, 1);
		break;
	case LATE:
		later(priv, device, wValue, 0);
		break;
	case NEVER:
		priv->hears_cancel = 0;
		break;
	case HOLD:
		break;
	default:
		finish(priv, LIBUSB_TRANSFER_STALL);
	}
}

/* Gives a waiting IN transfer the packet that is there; the lock is held. */
static void deliver(struct device *device)
{
	struct transfer_priv *priv;

	list_for_each_entry(priv, &flying, list, struct transfer_priv) {
		struct usbi_transfer *itransfer = priv->itransfer;
		struct libusb_transfer *transfer = USBI_TRANSFER_TO_LIBUSB_TRANSFER(itransfer);

		if (transfer->endpoint != 0x81 || of(itransfer->dev) != device || device->packet_length < 0)
			continue;
		if (device->packet_length > transfer->length) {
			finish(priv, LIBUSB_TRANSFER_OVERFLOW);
		} else {
			memcpy(transfer->buffer, device->packet, (size_t)device->packet_length);
			itransfer->transferred = device->packet_length;
			finish(priv, LIBUSB_TRANSFER_COMPLETED);
		}
		device->packet_length = -1;
		return;
	}
}

static int submit_transfer(struct usbi_transfer *itransfer)
{
	struct libusb_transfer *transfer = USBI_TRANSFER_TO_LIBUSB_TRANSFER(itransfer);
	struct transfer_priv *priv = usbi_get_transfer_priv(itransfer);
	struct device *device = of(transfer->dev_handle->dev);
	struct handle_priv *handle = usbi_get_device_handle_priv(transfer->dev_handle);

	if (transfer->type == LIBUSB_TRANSFER_TYPE_CONTROL) {
		struct libusb_control_setup *setup = libusb_control_transfer_get_setup(transfer);

		if (transfer->length - LIBUSB_CONTROL_SETUP_SIZE > 4096)
			return LIBUSB_ERROR_INVALID_PARAM;
		if (setup->bRequest == NOT_SUBMITTED)
			return -(int)libusb_le16_to_cpu(setup->wValue);
	} else if (!handle->claimed) {
		return LIBUSB_ERROR_IO; /* as usbfs: the endpoint belongs to no claimed interface */
	}
	pthread_mutex_lock(&lock);
	if (!device->plugged) {
		pthread_mutex_unlock(&lock);
		return LIBUSB_ERROR_NO_DEVICE;
	}
	priv->itransfer = itransfer;
	priv->flying = 1;
	priv->hears_cancel = 1;
	list_add_tail(&priv->list, &flying);
	flying_transfers++;
	if (transfer->type == LIBUSB_TRANSFER_TYPE_CONTROL) {
		control(itransfer, priv, device);
	} else if (transfer->endpoint == 0x01) {
		memcpy(device->packet, transfer->buffer, (size_t)transfer->length);
		device->packet_length = itransfer->transferred = transfer->length;
		finish(priv, LIBUSB_TRANSFER_COMPLETED);
	}
	deliver(device);
	pthread_mutex_unlock(&lock);
	return 0;
}

static int cancel_transfer(struct usbi_transfer *itransfer)
{
	struct transfer_priv *priv = usbi_get_transfer_priv(itransfer);

	pthread_mutex_lock(&lock);
	if (priv->hears_cancel)
		finish(priv, LIBUSB_TRANSFER_CANCELLED);
	pthread_mutex_unlock(&lock);
	return 0;
}

static int handle_transfer_completion(struct usbi_transfer *itransfer)
{
	struct transfer_priv *priv = usbi_get_transfer_priv(itransfer);

	if (priv->status == LIBUSB_TRANSFER_CANCELLED)
		return usbi_handle_transfer_cancellation(itransfer);
	return usbi_handle_transfer_completion(itransfer, (enum libusb_transfer_status)priv->status);
}

/* ---- devices ---- */

static int init_backend(struct libusb_context *ctx)
{
	int code = failure(ON_INIT);

	if (code)
		return code;
	if (!devices[0].plugged)
		plug_hubs();
#ifndef WITHOUT_HOTPLUG
	for (int i = 0; i < MAX_DEVICES; i++)
		if (devices[i].plugged)
			announce(ctx, &devices[i]);
#else
	(void)ctx;
#endif
	return 0;
}

static void exit_backend(struct libusb_context *ctx)
{
	struct timespec pause = { 0, 1000000 };

	(void)ctx;
	while (__atomic_load_n(&threads, __ATOMIC_SEQ_CST) > 0)
		nanosleep(&pause, NULL);
}

#ifdef WITHOUT_HOTPLUG
static int get_device_list(struct libusb_context *ctx, struct discovered_devs **found)
{
	for (int i = 0; i < MAX_DEVICES; i++) {
		struct libusb_device *dev;
		int is_new;

		if (!devices[i].plugged)
			continue;
		dev = introduce(ctx, &devices[i], &is_new);
		if (is_new)
			usbi_attach_device(dev);
		*found = discovered_devs_append(*found, dev);
		libusb_unref_device(dev);
	}
	return 0;
}
#endif

static int open_device(struct libusb_device_handle *handle)
{
	int code = failure(ON_OPEN);

	if (code)
		return code;
	if (!of(handle->dev)->plugged)
		return LIBUSB_ERROR_NO_DEVICE;
	open_handles++;
	return 0;
}

static int release_interface(struct libusb_device_handle *handle, uint8_t number)
{
	struct handle_priv *priv = usbi_get_device_handle_priv(handle);
	struct device *device = of(handle->dev);

	if (!(priv->claimed & 1U << number))
		return LIBUSB_ERROR_NOT_FOUND;
	priv->claimed &= ~(1U << number);
	device->claimed &= ~(1U << number);
	claimed_interfaces--;
	if (handle->auto_detach_kernel_driver && device->driver_bound == 2)
		device->driver_bound = 1;
	return device->plugged ? 0 : LIBUSB_ERROR_NO_DEVICE;
}

static void close_device(struct libusb_device_handle *handle)
{
	struct handle_priv *priv = usbi_get_device_handle_priv(handle);

	for (uint8_t number = 0; number < 32; number++)
		if (priv->claimed & 1U << number) {
			of(handle->dev)->claimed &= ~(1U << number);
			claimed_interfaces--;
		}
	open_handles--;
}

static int claim_interface(struct libusb_device_handle *handle, uint8_t number)
{
	struct handle_priv *priv = usbi_get_device_handle_priv(handle);
	struct device *device = of(handle->dev);
	int code = failure(ON_CLAIM);

	if (code)
		return code;
	if (!device->plugged)
		return LIBUSB_ERROR_NO_DEVICE;
	if (number >= device->config[4]) /* as Linux, seen in the guest */
		return handle->auto_detach_kernel_driver ? LIBUSB_ERROR_INVALID_PARAM : LIBUSB_ERROR_NOT_FOUND;
	if (device->claimed & 1U << number)
		return LIBUSB_ERROR_BUSY;
	if (device->driver_bound == 1) {
		if (!handle->auto_detach_kernel_driver)
			return LIBUSB_ERROR_BUSY;
		device->driver_bound = 2; /* away until the release */
	}
	priv->claimed |= 1U << number;
	device->claimed |= 1U << number;
	claimed_interfaces++;
	return 0;
}

static int set_interface_altsetting(struct libusb_device_handle *handle, uint8_t number, uint8_t setting)
{
	int code = failure(ON_ALTERNATE);

	(void)number;
	if (code)
		return code;
	of(handle->dev)->alternate = setting;
	return 0;
}

static int reset_device(struct libusb_device_handle *handle)
{
	(void)handle;
	return failure(ON_RESET);
}

static int get_config_descriptor(struct libusb_device *dev, uint8_t index, void *buffer, size_t length)
{
	struct device *device = of(dev);

	if (index > 0)
		return LIBUSB_ERROR_NOT_FOUND;
	if (length > device->config_length)
		length = device->config_length;
	memcpy(buffer, device->config, length);
	return (int)length;
}

static int get_active_config_descriptor(struct libusb_device *dev, void *buffer, size_t length)
{
	return get_config_descriptor(dev, 0, buffer, length);
}

static int not_supported_configuration(struct libusb_device_handle *handle, int configuration)
{
	(void)handle;
	(void)configuration;
	return LIBUSB_ERROR_NOT_SUPPORTED;
}

static int driver_call(struct libusb_device_handle *handle, uint8_t number)
{
	(void)handle;
	(void)number;
	return 0;
}

const struct usbi_os_backend usbi_backend = {
	.name = "fake",
	.caps = USBI_CAP_SUPPORTS_DETACH_KERNEL_DRIVER,
	.init = init_backend,
	.exit = exit_backend,
#ifdef WITHOUT_HOTPLUG
	.get_device_list = get_device_list,
#endif
	.open = open_device,
	.close = close_device,
	.get_active_config_descriptor = get_active_config_descriptor,
	.get_config_descriptor = get_config_descriptor,
	.set_configuration = not_supported_configuration,
	.claim_interface = claim_interface,
	.release_interface = release_interface,
	.set_interface_altsetting = set_interface_altsetting,
	.reset_device = reset_device,
	.kernel_driver_active = driver_call,
	.detach_kernel_driver = driver_call,
	.attach_kernel_driver = driver_call,
	.submit_transfer = submit_transfer,
	.cancel_transfer = cancel_transfer,
	.handle_transfer_completion = handle_transfer_completion,
	.device_priv_size = sizeof(struct device_priv),
	.device_handle_priv_size = sizeof(struct handle_priv),
	.transfer_priv_size = sizeof(struct transfer_priv),
};
