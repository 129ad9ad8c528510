using PeftLabs.Quantization;
using PeftLabs.Quantization.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Generation;

/// <summary>Rows of signed bytes, each with its largest magnitude, as <see cref="RowCodec8"/> writes the rows of a weight.</summary>
internal sealed unsafe class Int8Rows(int heads, int size, Device device) : KeyValueRows(heads, size)
{
    private static readonly RowCodec8 s_codec = new() { Threads = 1 };

    private readonly Tensor _codes = Room(ScalarType.Int8, device, heads, Tokens, size);
    private readonly Tensor _absMax = Room(ScalarType.Float32, device, heads, Tokens);

    protected override IEnumerable<Tensor> Tensors => [_codes, _absMax];

    public override void Write(int token, Tensor rows)
    {
        using var scope = NewDisposeScope();
        if (_codes.device_type == DeviceType.CPU)
        {
            WriteAll(token, rows.to(ScalarType.Float32).contiguous());
            return;
        }
        var absMax = rows.abs().amax([-1], keepdim: true);
        // A row of zeros has codes of zeros.
        var scale = absMax.clamp_min(1e-30).reciprocal_().mul_(127);
        _codes.narrow(1, token, rows.shape[1]).copy_(rows.mul(scale).round_());
        _absMax.narrow(1, token, rows.shape[1]).copy_(absMax.squeeze(-1));
    }

    public override Tensor Read(int count)
    {
        using var scope = NewDisposeScope();
        return _codes.narrow(1, 0, count).to(ScalarType.Float32).mul_(_absMax.narrow(1, 0, count).unsqueeze(-1)).mul_(CpuKernels.Inverse127)
            .MoveToOuterDisposeScope();
    }

    public override void Write(int head, int token, float* row) =>
        s_codec.Quantize(new(row, Size), Size, new(Row(head, token), Size), new(AbsMax(head) + token, 1));

    public override void Dot(int head, int count, VectorBatch vectors, float* sums)
    {
        Kernels.DotInt8(Row(head, 0), Size, count, vectors, sums);
        for (var i = 0; i < vectors.Count; i++)
            Scale(AbsMax(head), count, vectors.Sum(sums, i));
    }

    public override void AddTo(int head, int count, float* weights, float* y)
    {
        Scale(AbsMax(head), count, weights);
        Kernels.AddRowsInt8(Row(head, 0), count, Size, weights, y);
    }

    private static void Scale(float* absMax, int count, float* values)
    {
        for (var token = 0; token < count; token++)
            values[token] *= absMax[token] * CpuKernels.Inverse127;
    }

    private void WriteAll(int token, Tensor rows)
    {
        var count = (int)rows.shape[1];
        var from = rows.Pointer<float>();
        for (var row = 0; row < Heads * count; row++)
            Write(row / count, token + row % count, from + (nint)row * Size);
    }

    private sbyte* Row(int head, int token) => Row<sbyte>(_codes, head, token);

    private float* AbsMax(int head) => _absMax.Pointer<float>() + (nint)head * Tokens;
}
