namespace TorchSharp;

public static partial class torch
{
    /// <summary>A reference of its own to a tensor of libtorch.</summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private static long _peakCount;
        private nint _impl;

        internal Tensor(nint impl)
        {
            _impl = impl;
            Count(1);
            OwningScope = DisposeScopeManager.Register(this);
        }

        /// <summary>Takes over the other's reference and its place in a scope; the other is invalid from here on.</summary>
        internal Tensor(Tensor other)
        {
            Count(1);
            OwningScope = other.OwningScope;
            OwningScope?.Replace(other, this);
            other.OwningScope = null;
            _impl = other.DecoupleFromNativeHandle();
        }

        ~Tensor() => Dispose(false);

        internal DisposeScope OwningScope { get; set; }

        public static long TotalCount => Interlocked.Read(ref _totalCount);

        public static long PeakCount => Interlocked.Read(ref _peakCount);

        public nint Handle => _impl != 0 ? _impl : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public bool IsInvalid => _impl == 0;

        public static Tensor UnsafeCreateTensor(nint handle) => new(handle);

        /// <summary>Gives the reference away: the caller releases it.</summary>
        public nint DecoupleFromNativeHandle()
        {
            var impl = Interlocked.Exchange(ref _impl, 0);
            if (impl != 0) Count(-1);
            GC.SuppressFinalize(this);
            return impl;
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var impl = Interlocked.Exchange(ref _impl, 0);
            if (impl == 0) return;
            if (OwningScope is { } scope) scope.MarkAsDisposed(this);
            else DisposeScopeManager.DisposedOutside();
            OwningScope = null;
            Count(-1);
            Native.shim_release(impl);
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningScope?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(DisposeScope other)
        {
            if (OwningScope is { } scope) scope.MoveToOther(other, this);
            else other?.Attach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningScope);

        public Tensor DetachFromDisposeScope()
        {
            OwningScope?.Detach(this);
            return this;
        }

        public Tensor DetatchFromDisposeScope() => DetachFromDisposeScope();

        private static void Count(int change)
        {
            var total = Interlocked.Add(ref _totalCount, change);
            long peak;
            while (total > (peak = Interlocked.Read(ref _peakCount)) && Interlocked.CompareExchange(ref _peakCount, total, peak) != peak)
            {
            }
        }
    }
}
