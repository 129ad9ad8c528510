// The C interface between TorchSharp.dll and libtorch: operators by name, tensors as owned TensorImpl pointers.
#pragma once
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <torch/version.h>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace shim {

// c10::optional was a class of its own, then another name of std::optional, and is going.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 5)
template <class T>
using Optional = std::optional<T>;
#else
template <class T>
using Optional = c10::optional<T>;
#endif

enum Tag : int32_t { None, Tensor, Int, Double, Bool, IntList, TensorList, Default, String, Device, Generator, DoubleList, Complex };

// One argument or result. Results own what they point to.
struct Value {
  int32_t tag;
  int32_t count;
  union {
    int64_t i;
    double d;
    void* p;
  };
};

// An exception that C# code threw below libtorch; the id finds it again on the managed side.
struct ManagedError : std::runtime_error {
  int64_t id;
  ManagedError(int64_t id, const char* message) : std::runtime_error(message), id(id) {}
};

void set_error();  // records the exception being handled, for this thread

inline at::Tensor borrow(void* impl) {
  if (!impl) return at::Tensor();
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(static_cast<c10::TensorImpl*>(impl)));
}

inline std::vector<at::Tensor> borrow(void* const* impls, int64_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int64_t i = 0; i < count; i++) tensors.push_back(borrow(impls[i]));
  return tensors;
}

inline void* own(at::Tensor tensor) { return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr; }

// Runs body; a C++ exception becomes the given value and this thread's error message.
template <class Result, class Body>
Result guarded(Result failure, Body body) noexcept {
  try {
    return body();
  } catch (...) {
    set_error();
    return failure;
  }
}

}  // namespace shim
