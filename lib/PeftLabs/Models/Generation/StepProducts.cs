using PeftLabs.Quantization;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Models.Generation;

/// <summary>Projections of a few rows in host memory, with their biases and adapters.</summary>
internal static unsafe class StepProducts
{
    /// <summary>y = x·Wᵀ + b + s·(x·Aᵀ)·Bᵀ for projections that share their input of so many rows; their y's by address.</summary>
    public static void Run(StepBuffers buffers, float* x, int rows, params ReadOnlySpan<(Projection Projection, nint Y)> products)
    {
        var weights = new (TiledWeight, nint)[products.Length];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = ((TiledWeight)products[i].Projection.Weight, products[i].Y);
        FewTokens.Run(weights, x, rows);
        foreach (var (projection, y) in products)
        {
            if (projection.Bias is { } bias)
                for (var row = 0; row < rows; row++)
                    AddScaled(bias.Pointer<float>(), (nint)projection.OutFeatures, 1, (float*)y + row * projection.OutFeatures);
            if (projection.Update is { } update)
                Add(buffers, update, x, rows, (float*)y);
        }
    }

    /// <summary>y += factor·x, rounded once.</summary>
    public static void AddScaled(float* x, nint count, float factor, float* y) => CpuKernels.Best.AddRowsFloat32(x, 1, count, &factor, y);

    private static void Add(StepBuffers buffers, LowRankUpdate update, float* x, int rows, float* y)
    {
        var (rank, width, height) = ((int)update.Rank, (int)update.A.shape[1], (int)update.B.shape[0]);
        new Float32Source(CpuKernels.Best, update.A.Pointer<float>()).Multiply(0, rank, width, new(x, width, rows, rank), buffers.Low);
        new Float32Source(CpuKernels.Best, update.B.Pointer<float>()).Multiply(0, height, rank, new(buffers.Low, rank, rows, height), buffers.Update);
        AddScaled(buffers.Update, (nint)rows * height, (float)update.Scaling, y);
    }
}
