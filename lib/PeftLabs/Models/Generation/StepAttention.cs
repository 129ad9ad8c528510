using System.Buffers;
using PeftLabs.Quantization.Cpu;

namespace PeftLabs.Models.Generation;

/// <summary>Attention of a few rows in host memory to what their caches hold, and each other.</summary>
internal static unsafe class StepAttention
{
    /// <summary>
    /// Appends the buffers' keys and values to the caches, the rows of each following each other, and attends from the buffers' queries.
    /// </summary>
    public static void Run(ModelConfig config, AttentionPattern pattern, LayerCache[] caches, StepBuffers buffers, int rows)
    {
        var (size, keyHeads, group, tokens) = (config.HeadSize, config.KeyValueHeads, config.Heads / config.KeyValueHeads, rows / caches.Length);
        var longest = 0L;
        for (var row = 0; row < rows; row++)
        {
            caches[row / tokens].Append(buffers.Key + row * keyHeads * size, buffers.Value + row * keyHeads * size);
            longest = Math.Max(longest, caches[row / tokens].Length);
        }
        void Head(int item)
        {
            var (row, head) = Math.DivRem(item, keyHeads);
            var (cache, at) = (caches[row / tokens], (nint)item * group * size);
            var visible = (int)cache.Length - tokens + 1 + row % tokens;
            var scores = ArrayPool<float>.Shared.Rent(group * visible);
            fixed (float* pinned = scores)
                CachedAttention.One(cache, head, visible, pinned, (group, size, pattern), buffers.Query + at, buffers.Attended + at);
            ArrayPool<float>.Shared.Return(scores);
        }
        Partition.Run(rows * keyHeads, 1, longest * group * size, Environment.ProcessorCount, (first, end) =>
        {
            for (var item = first; item < end; item++)
                Head((int)item);
        });
    }
}
