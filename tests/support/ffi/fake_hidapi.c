/*
 * A hidapi with made-up devices, compiled against the real header: what the binding calls must exist with
 * these very parameters. Each device sends back, as input report, every output report it gets; a
 * report that begins with 0xEE is refused, 0xDD is held up for 300 ms, 0xBB sends 40 reports.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include "hidapi.h"

#define PLACES 4
#define QUEUE 64

struct place {
	int present;
	unsigned short vendor_id, product_id;
	uint32_t location;
};

struct hid_device_ {
	struct place *place;
	unsigned char reports[QUEUE][256];
	size_t lengths[QUEUE];
	int first, count;
	const wchar_t *error;
};

static struct place places[PLACES];
static int open_devices, sessions, refuse_open;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER;

void fake_plug(int place, int vendor_id, int product_id, uint32_t location)
{
	struct place new_one = { 1, (unsigned short) vendor_id, (unsigned short) product_id, location };
	places[place] = new_one;
}

void fake_unplug(int place)
{
	pthread_mutex_lock(&lock);
	places[place].present = 0;
	pthread_cond_broadcast(&arrived);
	pthread_mutex_unlock(&lock);
}

void fake_refuse_open(int refuse) { refuse_open = refuse; }
int fake_open_devices(void) { return open_devices; }
int fake_sessions(void) { return sessions; }

int hid_init(void) { sessions++; return 0; }
int hid_exit(void) { sessions--; return 0; }

struct hid_device_info *hid_enumerate(unsigned short vendor_id, unsigned short product_id)
{
	struct hid_device_info *first = NULL;
	for (int place = 0; place < PLACES; place++) {
		if (!places[place].present || places[place].vendor_id != vendor_id ||
		    places[place].product_id != product_id)
			continue;
		struct hid_device_info *one = calloc(1, sizeof *one);
		one->path = calloc(1, 32);
		snprintf(one->path, 32, "DevSrvsID:%d", place);
		one->vendor_id = vendor_id;
		one->product_id = product_id;
		one->next = first;
		first = one;
	}
	return first;
}

void hid_free_enumeration(struct hid_device_info *devs)
{
	while (devs) {
		struct hid_device_info *next = devs->next;
		free(devs->path);
		free(devs);
		devs = next;
	}
}

hid_device *hid_open_path(const char *path)
{
	int place;
	if (refuse_open || sscanf(path, "DevSrvsID:%d", &place) != 1) return NULL;
	hid_device *dev = calloc(1, sizeof *dev);
	dev->place = &places[place];
	open_devices++;
	return dev;
}

void hid_close(hid_device *dev) { open_devices--; free(dev); }

static void push(hid_device *dev, const unsigned char *data, size_t length)
{
	int at = (dev->first + dev->count++) % QUEUE;
	memcpy(dev->reports[at], data, length);
	dev->lengths[at] = length;
	pthread_cond_broadcast(&arrived);
}

int hid_write(hid_device *dev, const unsigned char *data, size_t length)
{
	if (data[0] == 0xDD) nanosleep(&(struct timespec) { 0, 300000000 }, NULL);
	if (!dev->place->present) {
		dev->error = L"Device is disconnected";
		return -1;
	}
	if (data[0] == 0xEE) {
		dev->error = L"IOHIDDeviceSetReport failed: (0xE000404F) pipe has stalled";
		return -1;
	}
	pthread_mutex_lock(&lock);
	unsigned char many[2] = { 0xBB, 0 };
	for (; data[0] == 0xBB && many[1] < 40; many[1]++) push(dev, many, sizeof many);
	if (data[0] != 0xBB) push(dev, data, length);
	pthread_mutex_unlock(&lock);
	return (int) length;
}

int hid_read_timeout(hid_device *dev, unsigned char *data, size_t length, int milliseconds)
{
	struct timespec end;
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += milliseconds * 1000000L;
	end.tv_sec += end.tv_nsec / 1000000000L;
	end.tv_nsec %= 1000000000L;
	int result = 0;
	pthread_mutex_lock(&lock);
	while (dev->count == 0 && dev->place->present)
		if (pthread_cond_timedwait(&arrived, &lock, &end) != 0) break;
	if (dev->count > 0) {
		result = (int) dev->lengths[dev->first];
		memcpy(data, dev->reports[dev->first], (size_t) result < length ? (size_t) result : length);
		dev->first = (dev->first + 1) % QUEUE;
		dev->count--;
	} else if (!dev->place->present) {
		dev->error = L"hid_read_timeout: device disconnected";
		result = -1;
	}
	pthread_mutex_unlock(&lock);
	return result;
}

const wchar_t *hid_error(hid_device *dev)
{
	if (dev) return dev->error;
	return L"hid_open_path: failed to open IOHIDDevice from mach entry: (0xE00002C5) exclusive access";
}

const wchar_t *hid_read_error(hid_device *dev) { return dev->error; }

static int text(wchar_t *string, size_t maxlen, const wchar_t *said)
{
	wcsncpy(string, said, maxlen);
	return 0;
}

int hid_get_manufacturer_string(hid_device *dev, wchar_t *string, size_t maxlen)
{
	(void) dev;
	return text(string, maxlen, L"Freescale");
}

int hid_get_product_string(hid_device *dev, wchar_t *string, size_t maxlen)
{
	(void) dev;
	return text(string, maxlen, L"SE Blank \x1F4F7");
}

int hid_get_serial_number_string(hid_device *dev, wchar_t *string, size_t maxlen)
{
	(void) dev;
	(void) string;
	(void) maxlen;
	return -1;
}

int hid_darwin_get_location_id(hid_device *dev, uint32_t *location_id)
{
	*location_id = dev->place->location;
	return 0;
}
