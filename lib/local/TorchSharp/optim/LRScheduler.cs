namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>Sets the learning rates of an optimizer's groups, once a step.</summary>
            public abstract class LRScheduler
            {
                private readonly Optimizer _optimizer;
                private readonly bool _verbose;
                private List<double> _last;

                protected LRScheduler()
                {
                }

                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    (_optimizer, Epoch, _verbose) = (optimizer, last_epoch, verbose);
                    Bases = [.. optimizer.ParamGroups.Select(group => last_epoch < 0 ? group.LearningRate : group.InitialLearningRate)];
                    if (last_epoch < 0)
                        foreach (var group in optimizer.ParamGroups) group.InitialLearningRate = group.LearningRate;
                    _last = [.. optimizer.ParamGroups.Select(group => group.LearningRate)];
                }

                internal int Epoch { get; private set; }

                /// <summary>The learning rates that the groups began with.</summary>
                internal List<double> Bases { get; }

                internal IEnumerable<double> Current => _optimizer.ParamGroups.Select(group => group.LearningRate);

                public IEnumerable<double> get_last_lr() => _last;

                public virtual void step() => Set(Epoch + 1, get_lr);

                public virtual void step(int? epoch) => Set(epoch ?? Epoch + 1, epoch is null ? get_lr : get_closed_form_lr);

                public virtual void step(double current, int? epoch = null) => step(epoch);

                protected virtual IEnumerable<double> get_lr() => throw new NotImplementedException();

                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();

                private void Set(int epoch, Func<IEnumerable<double>> rates)
                {
                    Epoch = epoch;
                    _last = [.. rates()];
                    foreach (var (group, rate) in _optimizer.ParamGroups.Zip(_last)) group.LearningRate = rate;
                    if (_verbose) Console.WriteLine($"Adjusting learning rate to {string.Join(", ", _last)}");
                }
            }
        }
    }
}
