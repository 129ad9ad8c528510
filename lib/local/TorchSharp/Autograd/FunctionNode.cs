using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace TorchSharp;

/// <summary>The managed half of a graph node whose backward is a custom function's. libtorch's half owns it, and frees it.</summary>
internal sealed unsafe class FunctionNode
{
    private readonly string _name;
    private readonly bool[] _isTensor;
    private readonly Func<AutogradContext, List<Tensor>, List<Tensor>> _backward;
    private AutogradContext _context;

    private FunctionNode(string name, object[] vars, Func<AutogradContext, List<Tensor>, List<Tensor>> backward) =>
        (_name, _isTensor, _backward) = (name, Array.ConvertAll(vars, value => value is Tensor), backward);

    public static List<Tensor> Apply<T>(Function<T> function, object[] vars) where T : Function<T>, new()
    {
        var node = new FunctionNode(function.Name, vars, function.RunBackward);
        var inputs = Handles([.. vars.OfType<Tensor>()]);
        int executable;
        nint box;
        fixed (nint* handles = inputs)
        fixed (byte* name = Encoding.UTF8.GetBytes(function.Name + "\0"))
            box = Native.Check(Native.shim_node(GCHandle.ToIntPtr(GCHandle.Alloc(node)), &Backward, &Free, name, handles, inputs.Length,
                &executable));
        try
        {
            node._context = new AutogradContext(Native.shim_node_raw(box));
            List<Tensor> outputs;
            using (no_grad()) outputs = function.RunForward(node._context, vars);
            return node.Wrap(box, executable, outputs);
        }
        finally
        {
            Native.shim_node_drop(box);
            GC.KeepAlive(vars);
        }
    }

    private List<Tensor> Wrap(nint box, int executable, List<Tensor> outputs)
    {
        var wrapped = new nint[outputs.Count];
        nint[] raw = Handles(outputs), dirty = Handles(_context.Dirty), constant = Handles(_context.NonDifferentiable);
        fixed (nint* from = raw, changed = dirty, still = constant, to = wrapped)
            Native.Check(Native.shim_node_wrap(box, executable, from, raw.Length, changed, dirty.Length, still, constant.Length, to));
        if (executable != 0) _context.Save(box);
        return [.. wrapped.Select(impl => impl == 0 ? null : new Tensor(impl))];
    }

    [UnmanagedCallersOnly]
    private static long Backward(nint managed, nint* gradients, int count, nint* inputs, int inputCount, byte* message, int capacity)
    {
        try
        {
            var incoming = new List<Tensor>(count);
            for (var i = 0; i < count; i++) incoming.Add(new Tensor(gradients[i]));
            ((FunctionNode)GCHandle.FromIntPtr(managed).Target).Run(incoming, new Span<nint>(inputs, inputCount));
            return 0;
        }
        catch (Exception exception)
        {
            // No exception may cross libtorch: it goes on as a C++ one, and as itself again at the caller of backward().
            var text = new Span<byte>(message, capacity);
            Encoding.UTF8.TryGetBytes(exception.Message, text[..^1], out var length);
            text[length] = 0;
            return Native.Keep(exception);
        }
    }

    [UnmanagedCallersOnly]
    private static void Free(nint managed)
    {
        var handle = GCHandle.FromIntPtr(managed);
        ((FunctionNode)handle.Target)._context?.Forget();
        handle.Free();
    }

    private void Run(List<Tensor> incoming, Span<nint> inputs)
    {
        var results = _backward(_context, incoming);
        if (results.Count < _isTensor.Length || results.Skip(_isTensor.Length).Any(extra => extra is not null && !extra.IsInvalid))
            throw new NotImplementedException(
                $"Function {_name} returned an incorrect number of gradients (expected {_isTensor.Length}), got {results.Count}");
        var next = 0;
        for (var i = 0; i < _isTensor.Length; i++)
        {
            if (!_isTensor[i]) continue;
            if (results[i] is { IsInvalid: false } gradient)
            {
                inputs[next] = gradient.Handle;
                Native.shim_retain(gradient.Handle);
            }
            next++;
        }
    }
}
