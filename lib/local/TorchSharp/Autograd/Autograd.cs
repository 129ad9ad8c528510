namespace TorchSharp;

public static partial class torch
{
    public static unsafe partial class autograd
    {
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor> grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var results = new nint[inputs.Count];
            fixed (nint* of = Handles(outputs), by = Handles(inputs), from = Handles(grad_outputs), to = results)
                Native.Check(Native.shim_grad(of, outputs.Count, by, inputs.Count, grad_outputs is null ? null : from,
                    retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, to));
            return Array.ConvertAll(results, gradient => gradient == 0 ? null : new Tensor(gradient)).ToList();
        }

        public static void backward(IList<Tensor> tensors, IList<Tensor> grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor> inputs = null)
        {
            fixed (nint* of = Handles(tensors), from = Handles(grad_tensors), to = Handles(inputs))
                Native.Check(Native.shim_backward(of, tensors.Count, grad_tensors is null ? null : from,
                    retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0, to, inputs?.Count ?? 0));
        }

        public static void backward(Tensor tensor, IList<Tensor> grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor> inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor> inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        public static AnomalyMode detect_anomaly(bool check_nan = true) => new(true, check_nan);

        public static AnomalyMode set_detect_anomaly(bool mode, bool check_nan = true) => new(mode, check_nan);

        internal static nint[] Handles(IList<Tensor> tensors) =>
            tensors is null ? [] : [.. tensors.Select(tensor => tensor is null || tensor.IsInvalid ? 0 : tensor.Handle)];
    }

    public partial class Tensor
    {
        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor> grad_tensors = null, bool retain_graph = false, bool create_graph = false,
            IList<Tensor> inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}

/// <summary>Makes backward say which forward operation made the gradient that failed, until it is disposed.</summary>
public class AnomalyMode : IDisposable
{
    private readonly int _before;

    public AnomalyMode(bool enabled, bool check_nan = true) => _before = Native.shim_anomaly((enabled ? 1 : 0) | (check_nan ? 2 : 0));

    public static bool IsEnabled => (Native.shim_anomaly(-1) & 1) != 0;

    public static bool ShouldCheckNaN => (Native.shim_anomaly(-1) & 2) != 0;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Native.shim_anomaly(_before);
}
