namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers.</summary>
    public unsafe class Generator : IDisposable
    {
        private nint _generator;

        public Generator(ulong seed = 0, Device device = null)
        {
            this.device = device ?? CPU;
            _generator = Native.Check(Native.shim_generator_new((int)this.device.type, this.device.index, seed));
        }

        private Generator(nint generator, Device device) => (_generator, this.device) = (generator, device);

        ~Generator() => Dispose(false);

        public static Generator Default { get; } = new(Native.Check(Native.shim_generator((int)DeviceType.CPU, -1)), CPU);

        public nint Handle => _generator;

        public Device device { get; private set; }

        public Generator manual_seed(long seed)
        {
            if (ReferenceEquals(this, Default)) Native.Check(Native.shim_manual_seed((ulong)seed, 0));
            else Seed(0, (ulong)seed);
            return this;
        }

        public long seed() => (long)Seed(1);

        public long initial_seed() => (long)Seed(2);

        public Tensor get_state() => new(Native.Check(Native.shim_generator_state(_generator, 0)));

        public void set_state(Tensor value) => Native.Check(Native.shim_generator_state(_generator, value.Handle));

        public void Dispose()
        {
            if (ReferenceEquals(this, Default)) return;
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var generator = Interlocked.Exchange(ref _generator, 0);
            if (generator != 0) Native.shim_generator_release(generator);
        }

        private ulong Seed(int kind, ulong seed = 0)
        {
            Native.Check(Native.shim_generator_seed(_generator, kind, &seed));
            return seed;
        }
    }

    public static Generator manual_seed(long seed) => Generator.Default.manual_seed(seed);
    public static long seed() => Generator.Default.seed();
    public static long initial_seed() => Generator.Default.initial_seed();
    public static Tensor get_rng_state() => Generator.Default.get_state();
    public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);

    public static partial class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);
        public static long seed() => torch.seed();
        public static long initial_seed() => torch.initial_seed();
        public static Tensor get_rng_state() => torch.get_rng_state();
        public static void set_rng_state(Tensor new_state) => torch.set_rng_state(new_state);
    }
}
