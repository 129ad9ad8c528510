using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Generation;

/// <summary>Rows whose numbers are stored each for itself, in some type.</summary>
internal abstract unsafe class PlainRows<T>(ScalarType type, int heads, int size, Device device) : KeyValueRows(heads, size)
    where T : unmanaged
{
    /// <summary>The numbers, <c>[heads, tokens, size]</c>.</summary>
    protected Tensor Numbers { get; } = Room(type, device, heads, Tokens, size);

    protected override IEnumerable<Tensor> Tensors => [Numbers];

    public override void Write(int token, Tensor rows)
    {
        using var room = Numbers.narrow(1, token, rows.shape[1]);
        room.copy_(rows).Dispose();
    }

    /// <summary>A row's numbers.</summary>
    protected T* Row(int head, int token) => Row<T>(Numbers, head, token);
}
