"""Search for how to train: Optuna's tree of Parzen estimators over the settings that matter, poor trials cut short."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import optuna

from recsys.behavior.histories import History
from recsys.behavior.steps import Numbers, Vectors
from recsys.behavior.training import Epoch, Training, train


def search(
    trials: int, sequences: Sequence[History], vectors: Vectors, ids: Numbers | None, seed: int, how: Training,
    progress: Callable[[str], None],
) -> Training:  # fmt: skip
    """The settings with the best NDCG@10 on the same held-out histories; the given ones are tried first."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def objective(trial: optuna.Trial) -> float:
        chosen = replace(
            how,
            rate=trial.suggest_float("rate", 5e-4, 8e-3, log=True),
            hidden=trial.suggest_categorical("hidden", [64, 128, 192]),
            dropout=trial.suggest_float("dropout", 0.0, 0.6),
            forget=trial.suggest_float("forget", 0.0, 0.5),
            ahead=trial.suggest_int("ahead", 1, 4),
            decay=trial.suggest_float("decay", 1e-6, 1e-2, log=True),
        )

        def report(epoch: Epoch) -> None:
            best = f", the best so far {study.best_value:.4f}" if trial.number and study.best_trials else ""
            progress(f"Trial {trial.number + 1} of {trials}, epoch {epoch.number}: NDCG@10 {epoch.ndcg:.4f}{best}")
            trial.report(epoch.ndcg, epoch.number)
            if trial.should_prune():
                raise optuna.TrialPruned

        return max(e.ndcg for e in train(sequences, vectors, "", ids=ids, seed=seed, how=chosen, report=report)[1])

    pruner = optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=2)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed), pruner=pruner)
    study.enqueue_trial({n: getattr(how, n) for n in ("rate", "hidden", "dropout", "forget", "ahead", "decay")})
    study.optimize(objective, n_trials=trials)
    return replace(how, **study.best_params)
