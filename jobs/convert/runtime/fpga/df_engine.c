#include "df_engine.h"

#include "df_engine_port.h"
#include "df_gateware_registers.h"
#include "df_system.h"

/* A run takes milliseconds, a load no more; who waits longer than this waits in vain. */
enum { LOCK_TRIES = 2000, LOCK_PAUSE_MICROSECONDS = 1000, PATIENCE_MICROSECONDS = 1000000 };

/* The engine as this process has opened it; all of it belongs to the thread that holds it. */
static df_engine_port port;
static int32_t is_held;
/* The process that opened it: one that was forked off shares the lock with its parent, and must open its own. */
static int32_t owner;

static int32_t error_of(uint32_t code) {
    switch (code) {
    case DF_FPGA_OK:
        return DF_OK;
    case DF_FPGA_NO_ENGINE:
        return DF_ERROR_ENGINE_NO_BITSTREAM;
    case DF_FPGA_OTHER_VERSION:
    case DF_GATEWARE_ERROR_LOAD_VERSION:
        return DF_ERROR_ENGINE_VERSION;
    case DF_FPGA_STUCK:
        return DF_ERROR_ENGINE_STUCK;
    case DF_FPGA_INTERRUPTED:
        return DF_ERROR_ENGINE_LOST;
    case DF_GATEWARE_ERROR_LOAD_ARRAY:
        return DF_ERROR_ENGINE_ARRAY;
    case DF_GATEWARE_ERROR_LOAD_IDENTITY:
    case DF_GATEWARE_ERROR_LOAD_RANGE:
    case DF_GATEWARE_ERROR_LOAD_CHECKSUM:
        return DF_ERROR_ENGINE_IMAGE;
    case DF_GATEWARE_ERROR_NOT_LOADED:
        return DF_ERROR_ENGINE_NOT_LOADED;
    default:
        return DF_ERROR_ENGINE_STOPPED;
    }
}

static void release(void) {
    if (owner != 0)
        df_unlock(port.lock);
    __atomic_store_n(&is_held, 0, __ATOMIC_RELEASE);
}

/* Neither a thread nor a process can be waited for with a limit of time, so that both are asked again. */
static int32_t hold(void) {
    int32_t tries = 0;
    while (__atomic_exchange_n(&is_held, 1, __ATOMIC_ACQUIRE) != 0) {
        if (++tries > LOCK_TRIES)
            return DF_ERROR_ENGINE_HELD;
        df_pause(LOCK_PAUSE_MICROSECONDS);
    }
    const int32_t process = df_process();
    int32_t code = DF_OK;
    if (owner != process) {
        code = df_open_engine(&port);
        owner = code == DF_OK ? process : 0;
    }
    for (; code == DF_OK && df_try_lock(port.lock) < 0; tries++) {
        if (tries > LOCK_TRIES)
            code = DF_ERROR_ENGINE_HELD;
        else
            df_pause(LOCK_PAUSE_MICROSECONDS);
    }
    if (code != DF_OK)
        release();
    return code;
}

static uint32_t read_register(uint32_t offset) {
    return port.bus.read(port.bus.context, offset);
}

/* Whether the engine has this network, and not half of it. */
static int32_t is_loaded(const df_engine_network *network) {
    return (read_register(DF_GATEWARE_REGISTER_STATUS) & DF_GATEWARE_STATUS_LOADED) != 0 &&
           read_register(DF_GATEWARE_REGISTER_CHECKSUM) == network->image[network->image_words - 1];
}

/* Asked before each run: the FPGA may have got another design in the meantime, and the engine another network. */
static int32_t prepare(const df_engine_network *network) {
    const int32_t code = error_of(df_fpga_probe(&port.bus));
    if (code != DF_OK)
        return code;
    if (read_register(DF_GATEWARE_REGISTER_ARRAY) != network->array)
        return DF_ERROR_ENGINE_ARRAY;
    /* A run that goes on while nobody holds the engine is one whose process has ended. */
    if (read_register(DF_GATEWARE_REGISTER_STATUS) & DF_GATEWARE_STATUS_BUSY)
        port.bus.write(port.bus.context, DF_GATEWARE_REGISTER_CONTROL, DF_GATEWARE_CONTROL_ABORT);
    return is_loaded(network) ? DF_OK : error_of(df_fpga_load(&port.bus, network->image, network->image_words));
}

static void pack_pixels(const df_shape *shape, const uint8_t *pixels, uint32_t *words) {
    const int32_t count = shape->height * shape->width;
    for (int32_t pixel = 0; pixel < count; pixel++) {
        uint32_t word = 0;
        for (int32_t c = 0; c < shape->channels; c++) word |= (uint32_t)*pixels++ << 8 * c;
        words[pixel] = word;
    }
}

/* Levels of two bits in a word. */
enum { LOG2_WORD_LEVELS = 4, WORD_LEVELS = 1 << LOG2_WORD_LEVELS };

/* words: [group of IC_PAR channels][pixel][word of levels]. Shifts, since the processor does not divide. */
static void unpack_levels(const df_engine_network *network, const uint32_t *words, uint8_t *levels) {
    const int32_t pixels = network->output.height * network->output.width;
    const int32_t group_bits = (int32_t)DF_GATEWARE_ARRAY_LOG2_INPUTS_OF(network->array);
    const int32_t word_bits = group_bits - LOG2_WORD_LEVELS;
    for (int32_t pixel = 0; pixel < pixels; pixel++) {
        for (int32_t c = 0; c < network->output.channels; c++) {
            const int32_t row = (c >> group_bits) * pixels + pixel;
            const int32_t column = c >> LOG2_WORD_LEVELS & ((1 << word_bits) - 1);
            *levels++ = words[(row << word_bits) + column] >> 2 * (c % WORD_LEVELS) & 3;
        }
    }
}

static uint32_t output_words(const df_engine_network *network) {
    const uint32_t group_bits = DF_GATEWARE_ARRAY_LOG2_INPUTS_OF(network->array);
    const uint32_t groups = ((uint32_t)network->output.channels + (1u << group_bits) - 1) >> group_bits;
    return (uint32_t)(network->output.height * network->output.width) * groups << (group_bits - LOG2_WORD_LEVELS);
}

static int32_t run(const df_engine_network *network, uint32_t *words) {
    const uint32_t pixels = (uint32_t)(network->input.height * network->input.width);
    uint32_t cycles;
    const int32_t code = error_of(df_fpga_run(&port.bus, words, pixels, PATIENCE_MICROSECONDS, &cycles));
    if (code != DF_OK)
        return code;
    df_fpga_read_levels(&port.bus, network->buffer, words, output_words(network));
    /* Whoever reset the engine or took it away while it was read from has left something else in its place. */
    const uint32_t status = read_register(DF_GATEWARE_REGISTER_STATUS);
    return status & DF_GATEWARE_STATUS_DONE && is_loaded(network) ? DF_OK : DF_ERROR_ENGINE_LOST;
}

int32_t df_run_engine(const df_engine_network *network, const uint8_t *pixels, uint8_t *levels, uint32_t *words) {
    int32_t code = hold();
    if (code != DF_OK)
        return code;
    pack_pixels(&network->input, pixels, words);
    code = prepare(network);
    if (code == DF_OK)
        code = run(network, words);
    release();
    if (code == DF_OK)
        unpack_levels(network, words, levels);
    return code;
}

int32_t df_prepare_engine(const df_engine_network *network) {
    int32_t code = hold();
    if (code != DF_OK)
        return code;
    code = prepare(network);
    release();
    return code;
}
