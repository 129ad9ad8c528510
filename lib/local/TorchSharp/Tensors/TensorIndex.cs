namespace TorchSharp;

public static partial class torch
{
    /// <summary>One position of an index: a number, a slice, a tensor, a truth value, a new axis, or everything between.</summary>
    public readonly struct TensorIndex
    {
        internal enum Kind { None, Null, Ellipsis, Bool, Single, Slice, Tensor }

        internal readonly Kind Which;
        internal readonly long? Start, Stop, Step;
        internal readonly Tensor Value;

        private TensorIndex(Kind kind, long? start = null, long? stop = null, long? step = null, Tensor value = null) =>
            (Which, Start, Stop, Step, Value) = (kind, start, stop, step, value);

        public static readonly TensorIndex Ellipsis = new(Kind.Ellipsis);
        public static readonly TensorIndex None = new(Kind.None);
        public static readonly TensorIndex Null = new(Kind.Null);
        public static readonly TensorIndex Colon = new(Kind.Slice);

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kind.Slice, start, stop, step);
        public static TensorIndex Slice((int?, int?) range) => new(Kind.Slice, range.Item1, range.Item2);

        public static TensorIndex Slice(Range range) => new(Kind.Slice,
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            !range.End.IsFromEnd ? range.End.Value : range.End.Value == 0 ? null : -range.End.Value);

        public static TensorIndex Bool(bool value) => new(Kind.Bool, value ? 1 : 0);
        public static TensorIndex Single(long? index) => index is null ? None : new(Kind.Single, index);
        public static TensorIndex Tensor(Tensor tensor) => new(Kind.Tensor, value: tensor);

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex((int?, int?) range) => Slice(range);
        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);
        public static implicit operator TensorIndex(Range range) => Slice(range);

        internal static TensorIndex[] Of(Tensor[] tensors) => Array.ConvertAll(tensors, Tensor);
    }
}
