namespace PeftLabs.Training;

/// <summary>Fills rows with whole examples by best fit, the longest first: each goes where it leaves the least room.</summary>
internal static class RowPacking
{
    /// <summary>Rows of at most <paramref name="tokens"/> tokens that hold each of the examples once.</summary>
    public static List<List<int>> BestFitDecreasing(IEnumerable<int> examples, Func<int, int> length, int tokens)
    {
        List<List<int>> rows = [];
        // Rows by the room that they have left, and the rooms that some row has.
        var (byRoom, rooms) = (new Dictionary<int, Stack<List<int>>>(), new SortedSet<int>());
        // OrderBy is stable: examples of one length stay in the order that was drawn.
        foreach (var example in examples.OrderByDescending(length))
        {
            var row = Take(length(example)) ?? (New(), tokens);
            row.Row.Add(example);
            Put(row.Row, row.Room - length(example));
        }
        return rows;

        List<int> New()
        {
            rows.Add([]);
            return rows[^1];
        }

        (List<int> Row, int Room)? Take(int needed)
        {
            // Of no room that suffices a set gives 0, the smallest int's default; a room is put only where it is above 0.
            if (needed > tokens || rooms.GetViewBetween(needed, tokens).Min is not (> 0 and var room))
                return null;
            var row = byRoom[room].Pop();
            if (byRoom[room].Count == 0)
                rooms.Remove(room);
            return (row, room);
        }

        void Put(List<int> row, int room)
        {
            if (room == 0)
                return;
            if (!byRoom.TryGetValue(room, out var stack))
                byRoom[room] = stack = new();
            stack.Push(row);
            rooms.Add(room);
        }
    }
}
