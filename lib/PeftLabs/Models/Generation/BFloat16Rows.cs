using PeftLabs.Quantization.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Generation;

/// <summary>Rows in bfloat16.</summary>
internal sealed unsafe class BFloat16Rows(int heads, int size, Device device)
    : PlainRows<ushort>(ScalarType.BFloat16, heads, size, device)
{
    public override Tensor Read(int count)
    {
        using var codes = Numbers.narrow(1, 0, count);
        return codes.to(ScalarType.Float32);
    }

    public override void Write(int head, int token, float* row) => Kernels.EncodeBFloat16(row, Size, Row(head, token));

    public override void Dot(int head, int count, VectorBatch vectors, float* sums) =>
        Kernels.DotBFloat16(Row(head, 0), Size, count, vectors, sums);

    public override void AddTo(int head, int count, float* weights, float* y) =>
        Kernels.AddRowsBFloat16(Row(head, 0), count, Size, weights, y);
}
