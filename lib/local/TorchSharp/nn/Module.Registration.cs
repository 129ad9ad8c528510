using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                    throw new ArgumentNullException(nameof(param), "A null tensor cannot be registered as a parameter.");
                if (has_parameter(name)) throw new InvalidOperationException($"Parameter {name} is already registered.");
                _parametersByName.Add((name, param));
            }

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                    throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                if (has_buffer(name)) throw new InvalidOperationException($"Tensor {name} is already registered.");
                _buffersByName.Add((name, tensor, persistent));
            }

            public virtual void register_module(string name, Module submodule)
            {
                if (ReferenceEquals(submodule, this)) throw new ArgumentException("A module cannot be a submodule of itself.");
                if (submodule is null) return;
                if (name.Contains('.')) throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (_modulesByName.Any(child => child.Name == name))
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _modulesByName.Add((name, submodule));
            }

            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Registers what the fields hold, each under its field's name; from here on the module owns it, no scope
            /// does.</summary>
            protected virtual void RegisterComponents()
            {
                if (_registered) return;
                _registered = true;
                foreach (var field in Fields(GetType()))
                {
                    var name = field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
                    var value = field.GetValue(this);
                    if (value is Module module && !_modulesByName.Any(child => child.Name == name)) register_module(name, module);
                    else if (value is Parameter parameter && !has_parameter(name)) register_parameter(name, parameter);
                    else if (value is Tensor tensor && value is not Modules.Parameter && !has_buffer(name)) register_buffer(name, tensor);
                }
                foreach (var (_, parameter) in _parametersByName) parameter.DetachFromDisposeScope();
                foreach (var (_, buffer, _) in _buffersByName) buffer.DetachFromDisposeScope();
            }

            protected void ClearModules() => _modulesByName.Clear();

            /// <summary>Puts a parameter in the place of the one of that name, if any; null takes it away.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter value)
            {
                var place = _parametersByName.FindIndex(parameter => parameter.Name == name);
                if (place < 0 && value is not null) register_parameter(name, value);
                else if (place >= 0 && value is null) _parametersByName.RemoveAt(place);
                else if (place >= 0) _parametersByName[place] = (name, value);
            }

            protected void ConditionallyRegisterBuffer(string name, Tensor value, bool persistent = true)
            {
                var place = _buffersByName.FindIndex(buffer => buffer.Name == name);
                if (place < 0 && value is not null) register_buffer(name, value, persistent);
                else if (place >= 0 && value is null) _buffersByName.RemoveAt(place);
                else if (place >= 0) _buffersByName[place] = (name, value, persistent);
            }

            private static IEnumerable<FieldInfo> Fields(Type type)
            {
                const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
                for (var level = type; level is not null && level.Assembly != typeof(Module).Assembly; level = level.BaseType)
                    foreach (var field in level.GetFields(Own))
                        yield return field;
            }
        }
    }
}
