using PeftLabs.Models.Cpu;
using PeftLabs.Quantization;

namespace PeftLabs.Models.Generation;

// What the inputs of a half become: heads, and the activation.
internal sealed unsafe partial class DecodeStep
{
    // Queries, keys and values, normed and turned where the family says so.
    private void Heads(Attention attention, Rotation rotation)
    {
        if (attention.Inputs.Count == 1)
        {
            StepProducts.Run(_buffers, _buffers.Normed, _rows, (attention.Query, (nint)_buffers.Fused));
            Part();
        }
        else
            StepProducts.Run(_buffers, _buffers.Normed, _rows,
                (attention.Query, (nint)_buffers.Query), (attention.Key, (nint)_buffers.Key), (attention.Value, (nint)_buffers.Value));
        if (attention.QueryNorm is { } queryNorm)
            Norm(queryNorm, _buffers.Query, _buffers.Query, _rows * _config.Heads, _config.HeadSize);
        if (attention.KeyNorm is { } keyNorm)
            Norm(keyNorm, _buffers.Key, _buffers.Key, _rows * _config.KeyValueHeads, _config.HeadSize);
        Rotate(_buffers.Query, _config.Heads, rotation);
        Rotate(_buffers.Key, _config.KeyValueHeads, rotation);
    }

    private void Part()
    {
        var layout = new HeadLayout(_config.Heads, _config.KeyValueHeads, _config.HeadSize, _config.Family.QueryKeyValueOrder);
        Span<nint> places = [(nint)_buffers.Query, (nint)_buffers.Key, (nint)_buffers.Value];
        foreach (var (index, (heads, first, stride)) in layout.Parts.Index())
        {
            var to = (float*)places[index];
            for (var row = 0; row < _rows; row++)
                for (var head = 0; head < heads; head++, to += layout.Size)
                    new Span<float>(_buffers.Fused + row * layout.Width + first + head * stride, layout.Size).CopyTo(new(to, layout.Size));
        }
    }

    // The first features of each row's heads by its position's angles, in place.
    private void Rotate(float* x, int heads, Rotation rotation)
    {
        var (size, half) = (_config.HeadSize, _config.Rotary.Features(_config.HeadSize) / 2);
        if (half == 0)
            return;
        float* cosines = rotation.Cosines.Pointer<float>(), sines = rotation.Sines.Pointer<float>();
        for (var row = 0; row < _rows; row++, x += heads * size, cosines += half, sines += half)
            _kernels.Rotate(x, size, cosines, sines, -1, heads, half, x, size);
    }

    // The activation of what the norm gives, in the gate's place.
    private void Inner(FeedForward feed, float* normed)
    {
        var (f, inner) = (_config.Activation, (nint)_config.IntermediateSize);
        if (_config.Family.GateUp is not null)
        {
            StepProducts.Run(_buffers, normed, _rows, (feed.Gate, (nint)_buffers.Both));
            for (var row = 0; row < _rows; row++)
            {
                var gate = _buffers.Both + 2 * row * inner;
                _kernels.Gate(f, KeptValues.Of(gate), KeptValues.Of(gate + inner), inner, _buffers.Gate + row * inner);
            }
            return;
        }
        if (!_config.Family.IsGated)
        {
            StepProducts.Run(_buffers, normed, _rows, (feed.Up, (nint)_buffers.Gate));
            _kernels.Activate(f, KeptValues.Of(_buffers.Gate), _rows * inner, _buffers.Gate);
            return;
        }
        StepProducts.Run(_buffers, normed, _rows, (feed.Gate, (nint)_buffers.Gate), (feed.Up, (nint)_buffers.Up));
        _kernels.Gate(f, KeptValues.Of(_buffers.Gate), KeptValues.Of(_buffers.Up), _rows * inner, _buffers.Gate);
    }
}
