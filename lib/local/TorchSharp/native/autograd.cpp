// Gradients: backward, grad, grad modes, and a node of the graph whose backward runs in C#.
#include "shim.h"

#include <c10/core/InferenceMode.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable.h>

using namespace shim;
using torch::autograd::Node;
using torch::autograd::variable_list;

namespace {

// Takes the gradients of the outputs (owned), gives those of the inputs (owned); 0, or the id of the exception it caught.
using Backward = int64_t (*)(void* managed, void** gradients, int count, void** inputs, int input_count, char* message, int capacity);
using Release = void (*)(void* managed);

struct ManagedNode : Node {
  void* managed;
  Backward backward;
  Release free_managed;
  std::string title;
  bool materialize = true;
  std::vector<at::Tensor> inputs;
  std::vector<torch::autograd::SavedVariable> saved;
  std::vector<std::pair<std::vector<int64_t>, at::TensorOptions>> outputs;

  bool released = false;

  ~ManagedNode() override { free_managed(managed); }

  // The engine calls this when backward has gone through the node and the graph is not kept.
  void release_variables() override {
    saved.clear();
    released = true;
  }

  std::string name() const override { return title; }

  variable_list apply(variable_list&& gradients) override {
    std::vector<void*> in, out(num_outputs(), nullptr);
    for (size_t i = 0; i < gradients.size(); i++) {
      if (!gradients[i].defined() && materialize && i < outputs.size()) gradients[i] = at::zeros(outputs[i].first, outputs[i].second);
      in.push_back(own(gradients[i]));
    }
    gradients.clear();
    char message[2048] = "";
    auto id = backward(managed, in.data(), static_cast<int>(in.size()), out.data(), static_cast<int>(out.size()), message, sizeof message);
    variable_list result;
    for (auto gradient : out) {
      result.push_back(borrow(gradient));
      if (gradient) c10::raw::intrusive_ptr::decref(static_cast<c10::TensorImpl*>(gradient));
    }
    if (id) throw ManagedError(id, message);
    return result;
  }
};

using NodeBox = std::shared_ptr<ManagedNode>;
NodeBox& box(void* node) { return *static_cast<NodeBox*>(node); }

// _wrap_outputs grew parameters from release to release; the call that compiles is the one that this libtorch has.
using Impls = std::unordered_set<c10::TensorImpl*>;
using Outputs = std::vector<Optional<at::Tensor>>;
template <class Wrap>
Outputs wrap(Wrap wrap_outputs, const variable_list& inputs, const Impls& fixed, const Impls& dirty, const Outputs& raw,
  const std::shared_ptr<Node>& node) {
  torch::autograd::_jvp_fn_t jvp = [](variable_list, variable_list) -> variable_list {
    TORCH_CHECK(false, "forward-mode derivatives of custom functions are not supported");
  };
  auto same = [](const at::Tensor& x) { return x.view_as(x); };
  if constexpr (std::is_invocable_v<Wrap, variable_list, Impls, Impls, Outputs, std::shared_ptr<Node>, decltype(jvp), Impls,
    decltype(same), bool>)
    return wrap_outputs(inputs, fixed, dirty, raw, node, jvp, {}, same, false);
  else if constexpr (std::is_invocable_v<Wrap, variable_list, Impls, Impls, Outputs, std::shared_ptr<Node>, decltype(jvp), Impls,
    decltype(same)>)
    return wrap_outputs(inputs, fixed, dirty, raw, node, jvp, {}, same);
  else if constexpr (std::is_invocable_v<Wrap, variable_list, Impls, Impls, Outputs, std::shared_ptr<Node>, decltype(jvp), Impls>)
    return wrap_outputs(inputs, fixed, dirty, raw, node, jvp, {});
  else
    return wrap_outputs(inputs, fixed, dirty, raw, node, jvp);
}

Impls impls(void* const* tensors, int count) {
  Impls set;
  for (int i = 0; i < count; i++) set.insert(static_cast<c10::TensorImpl*>(tensors[i]));
  return set;
}

}  // namespace

EXPORT int shim_backward(void** tensors, int count, void** gradients, int retain, int create, void** inputs, int input_count) {
  return guarded(-1, [&] {
    auto grads = gradients ? borrow(gradients, count) : std::vector<at::Tensor>();
    torch::autograd::backward(borrow(tensors, count), grads, retain != 0, create != 0, borrow(inputs, input_count));
    return 0;
  });
}

EXPORT int shim_grad(void** outputs, int count, void** inputs, int input_count, void** gradients, int retain, int create, int unused,
  void** results) {
  return guarded(-1, [&] {
    auto grads = gradients ? borrow(gradients, count) : std::vector<at::Tensor>();
    auto out = torch::autograd::grad(borrow(outputs, count), borrow(inputs, input_count), grads, retain != 0, create != 0, unused != 0);
    for (size_t i = 0; i < out.size(); i++) results[i] = own(out[i]);
    return 0;
  });
}

EXPORT void* shim_get_grad(void* tensor) {
  return guarded<void*>(nullptr, [&] { return own(borrow(tensor).grad()); });
}

EXPORT int shim_set_grad(void* tensor, void* gradient) {
  return guarded(-1, [&] {
    borrow(tensor).mutable_grad() = borrow(gradient);
    return 0;
  });
}

EXPORT int shim_set_requires_grad(void* tensor, int value) {
  return guarded(-1, [&] {
    borrow(tensor).set_requires_grad(value != 0);
    return 0;
  });
}

EXPORT int shim_retain_grad(void* tensor) {
  return guarded(-1, [&] {
    borrow(tensor).retain_grad();
    return 0;
  });
}

EXPORT int shim_grad_mode(int value) {
  auto before = c10::GradMode::is_enabled();
  if (value >= 0) c10::GradMode::set_enabled(value != 0);
  return before;
}

EXPORT int shim_is_inference() { return c10::InferenceMode::is_enabled(); }
EXPORT void* shim_inference_begin(int enabled) { return new c10::InferenceMode(enabled != 0); }
EXPORT void shim_inference_end(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

// Bit 0: anomaly detection, bit 1: its check for NaN; a negative value only asks.
EXPORT int shim_anomaly(int value) {
  using torch::autograd::AnomalyMode;
  auto before = (AnomalyMode::is_enabled() ? 1 : 0) | (AnomalyMode::should_check_nan() ? 2 : 0);
  if (value >= 0) AnomalyMode::set_enabled(value & 1, value & 2);
  return before;
}

// A node above the inputs; executable says whether any of them needs a gradient. Drop it with shim_node_drop.
EXPORT void* shim_node(void* managed, Backward backward, Release release, const char* name, void** inputs, int count, int* executable) {
  return guarded<void*>(nullptr, [&] {
    auto node = NodeBox(new ManagedNode(), torch::autograd::deleteNode);
    node->managed = managed;
    node->backward = backward;
    node->free_managed = release;
    node->title = name;
    node->inputs = borrow(inputs, count);
    *executable = c10::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(node->inputs);
    if (*executable) node->set_next_edges(torch::autograd::collect_next_edges(node->inputs));
    return new NodeBox(std::move(node));
  });
}

EXPORT void shim_node_drop(void* node) { delete &box(node); }
EXPORT void* shim_node_raw(void* node) { return box(node).get(); }

// Hangs the outputs of forward on the node; the results are the tensors to hand out.
EXPORT int shim_node_wrap(void* node, int executable, void** outputs, int count, void** dirty, int dirty_count, void** fixed,
  int fixed_count, void** results) {
  return guarded(-1, [&] {
    auto& it = box(node);
    Outputs raw;
    for (auto& tensor : borrow(outputs, count)) raw.push_back(tensor.defined() ? Optional<at::Tensor>(tensor) : Optional<at::Tensor>());
    auto inputs = std::move(it->inputs);
    auto wrapped = wrap(&torch::autograd::_wrap_outputs, inputs, impls(fixed, fixed_count), impls(dirty, dirty_count), raw, executable
      ? it : nullptr);
    for (size_t i = 0; i < wrapped.size(); i++) {
      if (wrapped[i]) it->outputs.emplace_back(wrapped[i]->sizes().vec(), wrapped[i]->options());
      else it->outputs.emplace_back(std::vector<int64_t>{0}, at::TensorOptions());
      results[i] = wrapped[i] ? own(*wrapped[i]) : nullptr;
    }
    return 0;
  });
}

// Saves tensors for backward, after wrapping: an output of the node itself must not keep the node alive.
EXPORT int shim_node_save(void* node, void** tensors, int count) {
  return guarded(-1, [&] {
    auto& it = box(node);
    for (auto& tensor : borrow(tensors, count))
      it->saved.emplace_back(tensor, tensor.defined() && tensor.grad_fn().get() == it.get());
    return 0;
  });
}

// The two below take the node itself (shim_node_raw), not its box.
EXPORT int shim_node_saved(void* node, void** results) {
  return guarded(-1, [&] {
    auto it = static_cast<ManagedNode*>(node);
    TORCH_CHECK(!it->released, "Trying to backward through the graph a second time: the saved tensors of ", it->name(),
                " were freed. Pass retain_graph: true to the first backward to keep them.");
    for (size_t i = 0; i < it->saved.size(); i++) results[i] = own(it->saved[i].unpack(it->shared_from_this()));
    return 0;
  });
}

EXPORT void shim_node_clear(void* node) { static_cast<ManagedNode*>(node)->saved.clear(); }
EXPORT void shim_node_materialize(void* node, int value) { static_cast<ManagedNode*>(node)->materialize = value != 0; }
