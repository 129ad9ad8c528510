using System.Buffers;

namespace PeftLabs.Models.Generation;

/// <summary>Attention of a few rows in host memory to what their caches hold, and each other.</summary>
internal static unsafe class StepAttention
{
    // Products of a query's and a key's number that are worth another thread.
    private const long Grain = 1 << 17;

    /// <summary>
    /// Appends the buffers' keys and values to the caches, the rows of each following each other, and attends from the buffers' queries.
    /// </summary>
    public static void Run(ModelConfig config, LayerCache[] caches, StepBuffers buffers, int rows)
    {
        var (size, keyHeads, group, tokens) = (config.HeadSize, config.KeyValueHeads, config.Heads / config.KeyValueHeads, rows / caches.Length);
        var work = 0L;
        for (var row = 0; row < rows; row++)
        {
            caches[row / tokens].Append(buffers.Key + row * keyHeads * size, buffers.Value + row * keyHeads * size);
            work += caches[row / tokens].Length * config.Heads * size;
        }
        void Head(int item)
        {
            var (row, head) = Math.DivRem(item, keyHeads);
            var (cache, at) = (caches[row / tokens], (nint)item * group * size);
            var visible = (int)cache.Length - tokens + 1 + row % tokens;
            var scores = ArrayPool<float>.Shared.Rent(group * visible);
            fixed (float* pinned = scores)
                CachedAttention.One(cache, head, visible, pinned, (group, size), buffers.Query + at, buffers.Attended + at);
            ArrayPool<float>.Shared.Return(scores);
        }
        if (work < 2 * Grain || Environment.ProcessorCount == 1)
            for (var item = 0; item < rows * keyHeads; item++)
                Head(item);
        else
            Parallel.For(0, rows * keyHeads, Head);
    }
}
