using PeftLabs.Quantization.Cpu;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models.Generation;

/// <summary>Rows as they were computed.</summary>
internal sealed unsafe class Float32Rows(int heads, int size, Device device)
    : PlainRows<float>(ScalarType.Float32, heads, size, device)
{
    public override Tensor Read(int count) => Numbers.narrow(1, 0, count);

    public override void Write(int head, int token, float* row) =>
        new ReadOnlySpan<float>(row, Size).CopyTo(new Span<float>(Row(head, token), Size));

    public override void Dot(int head, int count, VectorBatch vectors, float* sums) =>
        Kernels.DotFloat32(Row(head, 0), Size, count, vectors, sums);

    public override void AddTo(int head, int count, float* weights, float* y) =>
        Kernels.AddRowsFloat32(Row(head, 0), count, Size, weights, y);
}
