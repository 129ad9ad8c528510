using static TorchSharp.torch;
using static TorchSharp.torch.TensorIndex;

namespace TorchSharp;

/// <summary>
/// The part of a tensor that an index names: numbers, slices and new axes make a view, and what tensors are left select from
/// it. Works on bare references, so that an index costs its caller's scopes and statistics one tensor and no more.
/// </summary>
internal sealed class IndexedView : IDisposable
{
    private readonly Device _device;
    private readonly List<Tensor> _selectors = [];
    private readonly List<Tensor> _made = [];
    private nint _view;

    public IndexedView(Tensor tensor, TensorIndex[] indices)
    {
        _view = tensor.Handle;
        Native.shim_retain(_view);
        _device = tensor.device;
        var between = Math.Max(0, tensor.Dimensions - indices.Sum(Consumed));
        var axis = 0L;
        foreach (var index in indices) axis += Apply(index, axis, between);
    }

    public nint Read() =>
        _selectors.Count == 0 ? Op.Raw("alias", Arg.Raw(_view)) : Op.Raw("index.Tensor", Arg.Raw(_view), _selectors.ToArray());

    public void Write(Tensor value, bool accumulate)
    {
        using var here = value.device_type == _device.type || value.dim() == 0 ? null : value.to(_device);
        Native.shim_release((_selectors.Count, accumulate) switch
        {
            (0, false) => Op.Raw("copy_", Arg.Raw(_view), here ?? value),
            (0, true) => Op.Raw("add_.Tensor", Arg.Raw(_view), here ?? value),
            _ => Op.Raw("index_put_", Arg.Raw(_view), _selectors.ToArray(), here ?? value, accumulate),
        });
    }

    public void Dispose()
    {
        foreach (var tensor in _made) tensor.Dispose();
        if (_view != 0) Native.shim_release(_view);
        _view = 0;
    }

    /// <summary>Applies one position; returns how many axes of the view it leaves behind.</summary>
    private long Apply(TensorIndex index, long axis, long between)
    {
        switch (index.Which)
        {
            case Kind.Single:
                Step(Op.Raw("select.int", Arg.Raw(_view), axis, index.Start.Value));
                return 0;
            case Kind.Slice:
                if (index.Start is not null || index.Stop is not null || index.Step is not null)
                    Step(Op.Raw("slice.Tensor", Arg.Raw(_view), axis, index.Start, index.Stop, index.Step ?? 1));
                return 1;
            case Kind.Ellipsis:
                return between;
            case Kind.None or Kind.Null:
                Step(Op.Raw("unsqueeze", Arg.Raw(_view), axis));
                return 1;
            case Kind.Bool:
                Step(Op.Raw("unsqueeze", Arg.Raw(_view), axis));
                Select(axis, Own(zeros(index.Start == 1 ? 1 : 0, int64, _device)));
                return 1;
            default:
                Select(axis, index.Value.device_type == _device.type ? index.Value : Own(index.Value.to(_device)));
                return Consumed(index);
        }
    }

    private void Step(nint next)
    {
        Native.shim_release(_view);
        _view = next;
    }

    private Tensor Own(Tensor made)
    {
        _made.Add(made);
        return made;
    }

    private void Select(long axis, Tensor tensor)
    {
        while (_selectors.Count < axis) _selectors.Add(null);
        _selectors.Add(tensor);
    }

    private static long Consumed(TensorIndex index) => index.Which switch
    {
        Kind.Single or Kind.Slice => 1,
        Kind.Tensor => index.Value.dtype is ScalarType.Bool or ScalarType.Byte ? index.Value.dim() : 1,
        _ => 0,
    };
}
