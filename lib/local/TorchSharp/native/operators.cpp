// Any operator of libtorch, by name and overload, through its dispatcher.
#include "shim.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/Generator.h>
#include <ATen/core/List.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>
#include <ATen/core/stack.h>

using namespace shim;

namespace {

enum class Kind { Other, Float, OptionalTensors };

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Kind> kinds;
  std::vector<Optional<c10::IValue>> defaults;
};

Kind kind_of(const c10::Argument& argument) {
  auto type = argument.type();
  if (auto optional = type->cast<c10::OptionalType>()) type = optional->getElementType();
  if (type->kind() == c10::TypeKind::FloatType) return Kind::Float;
  if (auto list = type->cast<c10::ListType>())
    if (list->getElementType()->kind() == c10::TypeKind::OptionalType) return Kind::OptionalTensors;
  return Kind::Other;
}

c10::IValue tensor_list(const Value& value, Kind kind) {
  auto impls = static_cast<void* const*>(value.p);
  if (kind == Kind::OptionalTensors) {
    c10::List<Optional<at::Tensor>> list;
    for (int i = 0; i < value.count; i++) list.push_back(impls[i] ? Optional<at::Tensor>(borrow(impls[i])) : Optional<at::Tensor>());
    return list;
  }
  c10::List<at::Tensor> list;
  list.reserve(value.count);
  for (int i = 0; i < value.count; i++) list.push_back(borrow(impls[i]));
  return list;
}

template <class T>
c10::IValue number_list(const Value& value) {
  auto numbers = static_cast<const T*>(value.p);
  c10::List<T> list;
  list.reserve(value.count);
  for (int i = 0; i < value.count; i++) list.push_back(numbers[i]);
  return list;
}

c10::IValue argument(const Operator& op, size_t index, const Value& value) {
  switch (value.tag) {
    case None: return c10::IValue();
    case Tensor: return borrow(value.p);
    case Int: return op.kinds[index] == Kind::Float ? c10::IValue(static_cast<double>(value.i)) : c10::IValue(value.i);
    case Double: return value.d;
    case Bool: return value.i != 0;
    case IntList: return number_list<int64_t>(value);
    case DoubleList: return number_list<double>(value);
    case TensorList: return tensor_list(value, op.kinds[index]);
    case String: return std::string(static_cast<const char*>(value.p));
    case Device: return c10::Device(static_cast<c10::DeviceType>(value.i & 0xff), static_cast<int8_t>(value.i >> 8));
    case Complex: return c10::complex<double>(static_cast<const double*>(value.p)[0], static_cast<const double*>(value.p)[1]);
    case Generator:
      return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(value.p)));
    default: {
      TORCH_CHECK(op.defaults[index].has_value(), op.handle.operator_name(), ": argument ", index, " has no default");
      return *op.defaults[index];
    }
  }
}

Value result(c10::IValue&& value) {
  Value out{None, 0, {0}};
  if (value.isTensor()) {
    out.tag = Tensor;
    out.p = own(std::move(value).toTensor());
  } else if (value.isBool()) {
    out.tag = Bool;
    out.i = value.toBool();
  } else if (value.isInt()) {
    out.tag = Int;
    out.i = value.toInt();
  } else if (value.isDouble()) {
    out.tag = Double;
    out.d = value.toDouble();
  } else if (value.isTensorList()) {
    auto list = value.toTensorVector();
    auto impls = new void*[list.size()];
    for (size_t i = 0; i < list.size(); i++) impls[i] = own(std::move(list[i]));
    out.tag = TensorList;
    out.count = static_cast<int32_t>(list.size());
    out.p = impls;
  } else {
    TORCH_CHECK(value.isNone(), "a result of type ", value.tagKind(), " is not supported");
  }
  return out;
}

}  // namespace

// The operator of that name and overload, null where this libtorch has none. It lives as long as the process.
EXPORT void* shim_find(const char* name, const char* overload) {
  return guarded<void*>(nullptr, [&]() -> void* {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(handle.has_value(), "libtorch has no operator ", name, *overload ? "." : "", overload);
    auto op = new Operator{*handle, {}, {}};
    for (auto& argument : handle->schema().arguments()) {
      op->kinds.push_back(kind_of(argument));
      op->defaults.push_back(argument.default_value());
    }
    return op;
  });
}

// Calls an operator; arguments left out at the end take their defaults. Returns the number of results, or -1.
EXPORT int shim_call(void* which, const Value* values, int count, Value* results, int capacity) {
  return guarded(-1, [&] {
    auto& op = *static_cast<Operator*>(which);
    torch::jit::Stack stack;
    stack.reserve(op.kinds.size());
    for (size_t i = 0; i < op.kinds.size(); i++)
      stack.push_back(argument(op, i, static_cast<int>(i) < count ? values[i] : Value{Default, 0, {0}}));
    op.handle.callBoxed(stack);
    TORCH_CHECK(static_cast<int>(stack.size()) <= capacity, op.handle.operator_name(), ": more results than expected");
    for (size_t i = 0; i < stack.size(); i++) results[i] = result(std::move(stack[i]));
    return static_cast<int>(stack.size());
  });
}

EXPORT void shim_free_list(void* list) { delete[] static_cast<void**>(list); }
