namespace PeftLabs.Training.Optimizers.Cpu;

internal sealed unsafe partial class LaneOptimizer<TLanes, TTable>
{
    // Sums in float32 lanes over so many values, and of those sums in double.
    private const int Run32 = 4096;

    public override double SquareMoment(in MoveConstants constants, float* g, float* v, nint count)
    {
        var total = 0.0;
        for (nint start = 0; start < count; start += Run32)
            total += SquareMomentRun(constants, g + start, v + start, Math.Min(Run32, count - start));
        return total;
    }

    public override double AddSquares(float epsilon, float* g, float* sums, nint count)
    {
        var total = 0.0;
        for (nint start = 0; start < count; start += Run32)
            total += AddSquaresRun(epsilon, g + start, sums + start, Math.Min(Run32, count - start));
        return total;
    }

    public override double SumSquares(float* g, float* c, nint count)
    {
        var total = 0.0;
        for (nint start = 0; start < count; start += Run32)
            total += SumSquaresRun(g + start, c + start, Math.Min(Run32, count - start));
        return total;
    }

    private static float SquareMomentRun(in MoveConstants k, float* g, float* v, nint count)
    {
        var sum = Of(0);
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
            sum = TLanes.Add(sum, SquareMomentSixteen(k, g + i, v + i));
        return TLanes.Sum(sum) + SquareMomentRest(k, g + i, v + i, count - i);
    }

    private static TLanes SquareMomentSixteen(in MoveConstants k, float* g, float* v)
    {
        var squares = TLanes.Multiply(TLanes.Load(g), TLanes.Load(g));
        var moment = Blend(TLanes.Load(v), k.Beta2, TLanes.Add(squares, Of(k.Epsilon)), k.Fresh2);
        TLanes.Store(moment, v);
        return TLanes.Divide(squares, moment);
    }

    private static float SquareMomentRest(in MoveConstants k, float* g, float* v, nint count)
    {
        var total = 0f;
        for (nint i = 0; i < count; i++)
        {
            var square = g[i] * g[i];
            v[i] = MathF.FusedMultiplyAdd(square + k.Epsilon, k.Fresh2, v[i] * k.Beta2);
            total += square / v[i];
        }
        return total;
    }

    private static float AddSquaresRun(float epsilon, float* g, float* sums, nint count)
    {
        var sum = Of(0);
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            var squares = TLanes.FusedMultiplyAdd(TLanes.Load(g + i), TLanes.Load(g + i), Of(epsilon));
            TLanes.Store(TLanes.Add(TLanes.Load(sums + i), squares), sums + i);
            sum = TLanes.Add(sum, squares);
        }
        var total = TLanes.Sum(sum);
        for (; i < count; i++)
        {
            var square = MathF.FusedMultiplyAdd(g[i], g[i], epsilon);
            sums[i] += square;
            total += square;
        }
        return total;
    }

    private static float SumSquaresRun(float* g, float* c, nint count)
    {
        var sum = Of(0);
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            var product = TLanes.Multiply(TLanes.Load(g + i), TLanes.Load(c + i));
            sum = TLanes.FusedMultiplyAdd(product, product, sum);
        }
        var total = TLanes.Sum(sum);
        for (; i < count; i++)
        {
            var product = g[i] * c[i];
            total = MathF.FusedMultiplyAdd(product, product, total);
        }
        return total;
    }
}
