using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public interface ILearningRateController
        {
            double LearningRate { get; set; }
            double InitialLearningRate { get; set; }
        }

        public interface IMomentum
        {
            double Momentum { get; set; }
        }

        public interface IBetas
        {
            (double, double) Betas { get; set; }
        }

        public abstract partial class Optimizer : IDisposable
        {
            internal Optimizer()
            {
            }

            ~Optimizer() => Dispose(false);

            public IEnumerable<ILearningRateController> ParamGroups => Groups;

            internal List<ParamGroup> Groups { get; } = [];

            public virtual IEnumerable<Parameter> parameters() => Groups.SelectMany(group => group.Parameters);

            public virtual Tensor step(Func<Tensor> closure = null) => throw new NotImplementedException(GetType().Name);

            /// <summary>Fills the gradients with zeros.</summary>
            public virtual void zero_grad()
            {
                using var off = no_grad();
                foreach (var parameter in parameters())
                    using (var gradient = parameter.grad)
                        gradient?.zero_().Dispose();
            }

            public virtual void add_param_group(ParamGroup param_group) => Groups.Add(param_group);

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
            }

            /// <summary>Options by group, the state of each parameter in order, and which states are which group's.</summary>
            public class StateDictionary
            {
                internal StateDictionary()
                {
                }

                public List<OptimizerOptions> Options { get; private set; } = [];
                public List<OptimizerState> State { get; private set; } = [];
                public List<List<int>> StateIndexRef { get; private set; } = [];
            }
        }
    }
}
