// What a tensor says about itself, and the process's settings: seeds, threads, devices.
#include "shim.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Generator.h>
#include <c10/core/ScalarType.h>
#include <dlfcn.h>
#include <torch/cuda.h>
#include <torch/version.h>

using namespace shim;

namespace {

thread_local std::string error;
thread_local int64_t error_id;

struct Info {
  int64_t numel, dim, item_size, offset;
  int32_t dtype, device, device_index, flags;
};

c10::TensorImpl* impl(void* tensor) { return static_cast<c10::TensorImpl*>(tensor); }

void* own(at::Generator generator) { return generator.defined() ? generator.unsafeReleaseGeneratorImpl() : nullptr; }

at::Generator borrow_generator(void* generator) {
  return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(generator)));
}

}  // namespace

void shim::set_error() {
  error_id = 0;
  try {
    throw;
  } catch (const ManagedError& e) {
    error = e.what();
    error_id = e.id;
  } catch (const c10::Error& e) {
    error = e.what_without_backtrace();
  } catch (const std::exception& e) {
    error = e.what();
  } catch (...) {
    error = "libtorch threw something that is no std::exception";
  }
}

EXPORT const char* shim_error(int64_t* id) {
  *id = error_id;
  error_id = 0;
  return error.c_str();
}

EXPORT const char* shim_version() { return TORCH_VERSION; }

EXPORT void shim_retain(void* tensor) { c10::raw::intrusive_ptr::incref(impl(tensor)); }

EXPORT void shim_release(void* tensor) {
  guarded(0, [&] {
    c10::raw::intrusive_ptr::decref(impl(tensor));
    return 0;
  });
}

EXPORT int shim_info(void* tensor, Info* info) {
  return guarded(-1, [&] {
    auto t = borrow(tensor);
    auto device = t.device();
    *info = {t.numel(), t.dim(), static_cast<int64_t>(t.dtype().itemsize()), t.is_sparse() ? 0 : t.storage_offset(),
             static_cast<int32_t>(t.scalar_type()), static_cast<int32_t>(device.type()), device.index(),
             (t.requires_grad() ? 1 : 0) | (t.is_leaf() ? 2 : 0) | (!t.is_sparse() && t.is_contiguous() ? 4 : 0) | (t.is_sparse() ? 8 : 0)};
    return 0;
  });
}

EXPORT int shim_sizes(void* tensor, int64_t* out) {
  return guarded(-1, [&] {
    auto sizes = impl(tensor)->sizes();
    std::copy(sizes.begin(), sizes.end(), out);
    return 0;
  });
}

EXPORT int shim_strides(void* tensor, int64_t* out) {
  return guarded(-1, [&] {
    auto strides = impl(tensor)->strides();
    std::copy(strides.begin(), strides.end(), out);
    return 0;
  });
}

EXPORT void* shim_data(void* tensor) {
  return guarded<void*>(nullptr, [&] { return borrow(tensor).data_ptr(); });
}

EXPORT void* shim_generator(int device, int index) {
  return guarded<void*>(nullptr, [&] {
    return own(at::globalContext().defaultGenerator(c10::Device(static_cast<c10::DeviceType>(device), static_cast<int8_t>(index))));
  });
}

EXPORT void* shim_generator_new(int device, int index, uint64_t seed) {
  return guarded<void*>(nullptr, [&] {
    if (device == 0) return own(at::detail::createCPUGenerator(seed));
    auto which = c10::Device(static_cast<c10::DeviceType>(device), static_cast<int8_t>(index));
    auto generator = at::globalContext().defaultGenerator(which).clone();
    generator.set_current_seed(seed);
    return own(generator);
  });
}

EXPORT void shim_generator_release(void* generator) {
  c10::raw::intrusive_ptr::decref(static_cast<c10::GeneratorImpl*>(generator));
}

// Sets the seed, or with kind 1 draws a new one, or with kind 2 only reads it.
EXPORT int shim_generator_seed(void* generator, int kind, uint64_t* seed) {
  return guarded(-1, [&] {
    auto g = borrow_generator(generator);
    std::lock_guard<std::mutex> lock(g.mutex());
    if (kind == 0) g.set_current_seed(*seed);
    else *seed = kind == 1 ? g.seed() : g.current_seed();
    return 0;
  });
}

EXPORT void* shim_generator_state(void* generator, void* state) {
  return guarded<void*>(nullptr, [&]() -> void* {
    auto g = borrow_generator(generator);
    std::lock_guard<std::mutex> lock(g.mutex());
    if (!state) return shim::own(g.get_state());
    g.set_state(borrow(state));
    return generator;
  });
}

EXPORT int shim_manual_seed(uint64_t seed, int cuda_only) {
  return guarded(-1, [&] {
    if (cuda_only) torch::cuda::manual_seed_all(seed);
    else at::manual_seed(seed);
    return 0;
  });
}

// OpenBLAS keeps threads of its own, which libtorch knows nothing of.
EXPORT int shim_set_threads(int threads, int interop) {
  return guarded(-1, [&] {
    if (interop) {
      at::set_num_interop_threads(threads);
      return 0;
    }
    at::set_num_threads(threads);
    if (auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(threads);
    return 0;
  });
}

EXPORT int shim_threads(int interop) { return interop ? at::get_num_interop_threads() : at::get_num_threads(); }

EXPORT int shim_cuda_count() {
  return guarded(0, [] { return torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0; });
}

EXPORT int shim_cudnn() { return guarded(0, [] { return torch::cuda::cudnn_is_available() ? 1 : 0; }); }

EXPORT int shim_cuda_synchronize(int device) {
  return guarded(-1, [&] {
    torch::cuda::synchronize(device);
    return 0;
  });
}

// Switches by number: 0 TF32 in products, 1 deterministic algorithms, 2 their warn-only mode, 3 reduced float16 sums.
EXPORT int shim_switch(int which, int value) {
  return guarded(-1, [&]() -> int {
    auto& context = at::globalContext();
    switch (which) {
      case 0:
        if (value >= 0) context.setAllowTF32CuBLAS(value);
        return context.allowTF32CuBLAS();
      case 1:
        if (value >= 0) context.setDeterministicAlgorithms(value & 1, value & 2);
        return context.deterministicAlgorithms();
      default: return context.deterministicAlgorithmsWarnOnly();
    }
  });
}
