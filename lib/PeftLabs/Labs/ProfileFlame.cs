using System.Globalization;
using PeftLabs.Memory;
using PeftLabs.Memory.Profiling;
using PeftLabs.Plotting;

namespace PeftLabs.Labs;

/// <summary>A profile as the bars of a <see cref="FlameGraph"/>.</summary>
internal static class ProfileFlame
{
    private const string Whole = "#DDE3EA", Group = "#ECEEF1";

    /// <summary>Seconds a step.</summary>
    public static FlameNode OfTime(RunProfile profile)
    {
        List<ScopeCost> scopes = [.. profile.Scopes.Where(s => s.Stage != MemoryStage.Load)];
        var (steps, all) = (Math.Max(1, profile.Steps), scopes.Sum(s => s.OwnSeconds));
        var tree = PathTree<ScopeCost>.Of(scopes.Select(s => (s.Path.Split(PeakAllocation.Separator), s)));
        return new($"a step: {Seconds(all / steps)}", all / steps, Whole, $"a step, the mean of {steps}: <b>{Seconds(all / steps)}</b>")
        {
            Children = [.. tree.Children.Select(Node)],
        };

        FlameNode Node(PathTree<ScopeCost> tree)
        {
            var (seconds, first) = (tree.Items.Sum(s => s.Seconds) / steps, tree.Items[0]);
            var isStage = tree.Depth == 1;
            var blocks = isStage ? 0 : profile.Blocks.Where(b => b.Stage == first.Stage && b.Name == tree.Name).Select(b => b.Index).Distinct().Count();
            var own = FigureText.Escape(tree.Name);
            var name = isStage ? $"{own}: {Seconds(seconds)}" : blocks > 1 ? $"{own} × {blocks}" : own;
            var detail = string.Create(CultureInfo.InvariantCulture, $"{FigureText.Escape(first.Path)}<br><b>{Seconds(seconds)}</b> a step, {seconds * steps / all:0.0%}")
                + $"<br>{Number(tree.Items.Sum(s => s.Calls) / (double)steps)} calls a step, "
                + $"{ByteUnits.Format(tree.Items.Sum(s => s.AllocatedBytes) / steps)} allocated" + (first.Code.Length > 0 ? $"<br>{FigureText.Escape(first.Code)}" : "");
            return new(name, seconds, isStage ? Palette.OfStage(tree.Name, 2) : ProfileColors.Of(first), detail)
            {
                ShortNames = Short(own),
                Children = [.. tree.Children.Select(Node)],
            };
        }
    }

    /// <summary>Bytes at the peak, in some unit.</summary>
    public static FlameNode OfMemory(MemoryReport memory, double unit)
    {
        var tree = PathTree<PeakAllocation>.Of(memory.PeakAllocations.Select(a => (a.Path.Split(PeakAllocation.Separator), a)));
        return Node(tree) with { Name = $"peak: {ByteUnits.Format(memory.PeakBytes)}", Color = Whole };

        FlameNode Node(PathTree<PeakAllocation> tree)
        {
            var all = tree.All.ToList();
            var categories = all.Select(a => a.Category).Distinct().ToList();
            // Where a scope's bytes are for several things, its own ones stand below it, by what they are for.
            var own = categories.Count == 1 ? [] : tree.Items.GroupBy(a => a.Category).Select(g => Leaf(MemoryNames.Of(g.Key), [.. g]));
            var color = tree.Depth == 1 ? Palette.OfStage(tree.Name, 2) : Color(all);
            var name = FigureText.Escape(tree.Name);
            return Leaf(tree.Depth == 1 ? $"made in {name}" : name + Numbers(tree), all) with
            {
                Color = tree.Name == PeakAllocation.Smaller ? Group : color,
                ShortNames = Short(name),
                Children = [.. tree.Children.Select(Node).Concat(own).OrderByDescending(child => child.Size)],
            };
        }

        FlameNode Leaf(string name, IReadOnlyList<PeakAllocation> allocations)
        {
            var bytes = allocations.Sum(a => a.Bytes);
            var lines = allocations.Take(4).Select(a => $"{a.Count} × {ByteUnits.Format(a.BytesEach)} {MemoryNames.Of(a.Category)}, {FigureText.Escape($"{a.Where}, {a.Code}")}");
            return new(name, bytes / unit, Palette.OfCategory(allocations[0].Category.ToString()), string.Create(CultureInfo.InvariantCulture,
                $"{name}: <b>{ByteUnits.Format(bytes)}</b>, {bytes / (double)memory.PeakBytes:0.0%}<br>{string.Join("<br>", lines)}")
                + (allocations.Count > 4 ? "<br>…" : ""));
        }
    }

    // That of a category if it is all but some crumbs.
    private static string Color(IReadOnlyList<PeakAllocation> allocations)
    {
        var largest = allocations.GroupBy(a => a.Category, a => a.Bytes).MaxBy(g => g.Sum())!;
        return largest.Sum() >= 0.98 * allocations.Sum(a => a.Bytes) ? Palette.OfCategory(largest.Key.ToString()) : Group;
    }

    // The numbers of a numbered scope.
    private static string Numbers(PathTree<PeakAllocation> tree)
    {
        var numbered = tree.All.Where(a => a.IndexedScope == tree.Name && a.FirstIndex is not null).ToList();
        if (numbered.Count == 0)
            return "";
        var (first, last) = (numbered.Min(a => a.FirstIndex), numbered.Max(a => a.LastIndex));
        return first == last ? $" {first}" : $" {first}–{last}";
    }

    // q_proj may be q where there is no room.
    private static IReadOnlyList<string> Short(string name) => name.EndsWith("_proj", StringComparison.Ordinal) ? [name, name[..^"_proj".Length]] : [name];

    private static string Seconds(double seconds) => seconds.ToString("0.000 s", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
