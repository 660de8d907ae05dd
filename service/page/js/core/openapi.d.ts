// Written by `python -m tests.page.api_types`. Do not edit.
export type paths = {
    "/predict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TextRequest"] | components["schemas"]["InputsRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PredictResponse"] | components["schemas"]["PredictResponse"][] | components["schemas"]["LabelScore"][][];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ExplainBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ExplanationRecord"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/explain/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DiffBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DiffRecord"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/explain/step": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StepBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StepResponse"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/explain/sweep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SweepBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SweepRecord"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/units": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UnitsResponse"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/units/{unit}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UnitResponse"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InfoResponse"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/examples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ExampleResponse"][];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
};
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        AttributionRecord: {
            growth: number[];
            residual: number;
        };
        CandidateLine: {
            from_word: number;
            word_bias: number;
            word: number;
            from_state: number;
            state_bias: number;
            state: number;
            recalled: number;
            total: number;
            value: number;
        };
        Defaults: {
            /** @enum {string} */
            convention: "pytorch" | "chung2014";
            top_units: number;
        };
        DiffBody: {
            text: string;
            other: string;
            attribution?: boolean | null;
            /**
             * @default pytorch
             * @enum {string}
             */
            convention?: "pytorch" | "chung2014";
            model?: string | null;
        };
        DiffChange: {
            logit: number;
            probability: number;
            label_changes: boolean;
            edited_tokens: number;
            same_tokens: number;
            residual: number;
        };
        DiffRecord: {
            /** @enum {string} */
            convention: "pytorch" | "chung2014";
            notation: components["schemas"]["Notation"];
            unusual: components["schemas"]["Unusual"];
            text: components["schemas"]["DiffText"];
            other: components["schemas"]["DiffText"];
            change: components["schemas"]["DiffChange"];
            rows: components["schemas"]["DiffRow"][];
            model: components["schemas"]["ModelName"];
        };
        DiffRow: {
            /** @enum {string} */
            kind: "same" | "changed" | "removed" | "added";
            token: number | null;
            other_token: number | null;
            attribution: number | null;
            decomposition: components["schemas"]["TokenDecomposition"];
            running_probability: number | null;
            reset: components["schemas"]["GateChange"] | null;
            update: components["schemas"]["GateChange"] | null;
        };
        DiffText: {
            /** @enum {string} */
            label: "negative" | "positive";
            score: number;
            probabilities: {
                [key: string]: number;
            };
            coverage: number;
            undecided: boolean;
            warnings: string[];
            model: components["schemas"]["ModelName"];
            text: string;
            decomposition: components["schemas"]["LogitDecomposition"];
            tokens: components["schemas"]["TokenRecord"][];
        };
        ExampleResponse: {
            title: string;
            text: string;
        };
        ExplainBody: {
            text: string;
            /** @default false */
            gate_effects?: boolean;
            /** @default false */
            faithfulness?: boolean;
            attribution?: boolean | null;
            /**
             * @default pytorch
             * @enum {string}
             */
            convention?: "pytorch" | "chung2014";
            model?: string | null;
            /**
             * @default json
             * @enum {string}
             */
            format?: "json" | "csv" | "html";
            units?: (string | number[]) | null;
            /** @default [] */
            interventions?: components["schemas"]["InterventionRequest"][];
        };
        ExplanationRecord: {
            /** @enum {string} */
            label: "negative" | "positive";
            score: number;
            probabilities: {
                [key: string]: number;
            };
            coverage: number;
            undecided: boolean;
            warnings: string[];
            model: components["schemas"]["ModelName"];
            text: string;
            /** @enum {string} */
            convention: "pytorch" | "chung2014";
            notation: components["schemas"]["Notation"];
            unusual: components["schemas"]["Unusual"];
            decomposition: components["schemas"]["LogitDecomposition"];
            tokens: components["schemas"]["TokenRecord"][];
            attribution: components["schemas"]["AttributionRecord"] | null;
            clauses: components["schemas"]["PhraseRecord"][] | null;
            sentences: components["schemas"]["PhraseRecord"][] | null;
            turning_point: number | null;
            faithfulness: components["schemas"]["FaithfulnessRecord"] | null;
            units: components["schemas"]["UnitValues"] | null;
            intervened: components["schemas"]["IntervenedRecord"] | null;
        };
        FaithfulnessFigures: {
            comprehensiveness: number;
            sufficiency: number;
            agreement: number;
        };
        FaithfulnessRecord: {
            decomposition: components["schemas"]["FaithfulnessFigures"];
            attribution: components["schemas"]["FaithfulnessFigures"];
            random: components["schemas"]["FaithfulnessFigures"];
            random_rankings: number;
            attributions: number[];
            residual: number;
        };
        GateChange: {
            mean: number;
            distance: number;
        };
        GateLine: {
            from_word: number;
            word_bias: number;
            from_state: number;
            state_bias: number;
            total: number;
            value: number;
        };
        GateSummary: {
            mean: number;
            min: number;
            max: number;
            low: number;
            high: number;
            deviation: number;
        };
        InfoResponse: {
            model: components["schemas"]["ModelName"];
            sizes: components["schemas"]["Sizes"];
            /** @enum {string} */
            precision: "float32" | "bfloat16" | "int8" | "int8x8";
            metrics: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            models: components["schemas"]["SharedModelInfo"][];
            labels: ("negative" | "positive")[];
            limits: components["schemas"]["Limits"];
            conventions: ("pytorch" | "chung2014")[];
            defaults: components["schemas"]["Defaults"];
        };
        InputsOptions: {
            wait_for_model?: boolean | null;
            use_cache?: boolean | null;
        };
        InputsParameters: {
            top_k?: number | null;
            function_to_apply?: ("sigmoid" | "softmax") | null;
            return_all_scores?: boolean | null;
            truncation?: boolean | string | null;
            max_length?: number | null;
            padding?: boolean | string | null;
        };
        InputsRequest: {
            inputs: string | string[];
            parameters?: components["schemas"]["InputsParameters"] | null;
            options?: components["schemas"]["InputsOptions"] | null;
            model?: string | null;
            truncate?: boolean | string | null;
            truncation_direction?: string | null;
            raw_scores?: false | null;
        };
        IntervenedRecord: {
            /** @enum {string} */
            label: "negative" | "positive";
            score: number;
            probabilities: {
                [key: string]: number;
            };
            logit_change: number;
            decomposition: components["schemas"]["LogitDecomposition"];
            tokens: components["schemas"]["TokenRecord"][];
            turning_point: number | null;
            units: components["schemas"]["UnitValues"] | null;
        };
        InterventionRequest: {
            /** @enum {string} */
            gate: "reset" | "update";
            value: number | "average";
            tokens: string | number[];
            units?: number[] | null;
        };
        JsonValue: unknown;
        LabelScore: {
            /** @enum {string} */
            label: "negative" | "positive";
            score: number;
        };
        Limits: {
            max_tokens: number;
            max_texts: number;
            max_body_bytes: number;
            max_url_bytes: number;
            max_unit_values: number;
            max_faithfulness_tokens: number;
            max_gate_effect_tokens: number;
            max_sweep_tokens: number;
            max_sweep_values: number;
            max_interventions: number;
        };
        ListedUnit: {
            unit: number;
            head_weight: number;
            mean_reset: number;
            mean_update: number;
            half_life: number | null;
            largest_contribution: number | null;
            words: components["schemas"]["UnitWords"] | null;
        };
        LogitDecomposition: {
            bias: number;
            logit: number;
            residual: number;
        };
        Measured: {
            source: string;
            texts: number;
            tokens: number;
        };
        ModelName: {
            name: string;
            version: string;
            id: string;
        };
        Notation: {
            update_symbol: string;
            update_sense: string;
            reset: string;
            update: string;
            candidate: string;
            hidden: string;
        };
        Occurrence: {
            value: number;
            before: string;
            word: string;
            after: string;
        };
        Occurrences: {
            resets: components["schemas"]["Occurrence"][];
            keeps: components["schemas"]["Occurrence"][];
            writes: components["schemas"]["Occurrence"][];
            contributes: components["schemas"]["Occurrence"][];
        };
        PhraseRecord: {
            start_token: number;
            end_token: number;
            text: string;
            attribution: number;
            without: number;
        };
        PredictResponse: {
            /** @enum {string} */
            label: "negative" | "positive";
            score: number;
            probabilities: {
                [key: string]: number;
            };
            coverage: number;
            undecided: boolean;
            warnings: string[];
            model: components["schemas"]["ModelName"];
            tokens: number;
        };
        SharedModelInfo: {
            model: components["schemas"]["ModelName"];
            sizes: components["schemas"]["Sizes"];
            /** @enum {string} */
            precision: "float32" | "bfloat16" | "int8" | "int8x8";
            metrics: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            traffic: number;
            shadow: boolean;
        };
        Sizes: {
            vocabulary: number;
            embedding: number;
            hidden: number;
        };
        StepBody: {
            text: string;
            /**
             * @default pytorch
             * @enum {string}
             */
            convention?: "pytorch" | "chung2014";
            model?: string | null;
            step: number;
            /** @default top:4 */
            units?: string | number[];
        };
        StepResponse: {
            text: string;
            step: number;
            tokens: number;
            token: components["schemas"]["StepToken"];
            /** @enum {string} */
            convention: "pytorch" | "chung2014";
            notation: components["schemas"]["Notation"];
            decimals: number;
            units: components["schemas"]["UnitCalculation"][];
            model: components["schemas"]["ModelName"];
        };
        StepToken: {
            text: string;
            start: number;
            end: number;
            known: boolean;
        };
        SweepBody: {
            text: string;
            /** @enum {string} */
            gate: "reset" | "update";
            /**
             * @default pytorch
             * @enum {string}
             */
            convention?: "pytorch" | "chung2014";
            model?: string | null;
            first: number;
            last: number;
            /**
             * @default [
             *       0,
             *       0.1,
             *       0.2,
             *       0.3,
             *       0.4,
             *       0.5,
             *       0.6,
             *       0.7,
             *       0.8,
             *       0.9,
             *       1,
             *       "average"
             *     ]
             */
            values?: (number | "average")[];
        };
        SweepRecord: {
            /** @enum {string} */
            label: "negative" | "positive";
            score: number;
            probabilities: {
                [key: string]: number;
            };
            coverage: number;
            undecided: boolean;
            warnings: string[];
            model: components["schemas"]["ModelName"];
            text: string;
            /** @enum {string} */
            gate: "reset" | "update";
            first: number;
            last: number;
            /** @enum {string} */
            convention: "pytorch" | "chung2014";
            notation: components["schemas"]["Notation"];
            tokens: components["schemas"]["SweepToken"][];
            as_it_was: components["schemas"]["SweepRunRecord"];
            stops: components["schemas"]["SweepStop"][];
        };
        SweepRunRecord: {
            probability_positive: number;
            logit: number;
            /** @enum {string} */
            label: "negative" | "positive";
            running: number[];
        };
        SweepStop: {
            probability_positive: number;
            logit: number;
            /** @enum {string} */
            label: "negative" | "positive";
            running: number[];
            value: number | "average";
        };
        SweepToken: {
            text: string;
            start: number;
            end: number;
            known: boolean;
        };
        TextRequest: {
            text: string | string[];
            model?: string | null;
        };
        TokenDecomposition: {
            total: number;
            new_word: number;
            recalled_context: number;
        };
        TokenGateEffects: {
            reset_at_1: number;
            reset_at_average: number;
            update_at_1: number;
        };
        TokenRecord: {
            text: string;
            start: number;
            end: number;
            known: boolean;
            read_as: string | null;
            reset: components["schemas"]["GateSummary"];
            update: components["schemas"]["GateSummary"];
            recalled_share: number;
            running_probability: number;
            decomposition: components["schemas"]["TokenDecomposition"];
            kept_share: number;
            released_share: number;
            flags: ("flip" | "reset" | "rewrite")[];
            gate_effects: components["schemas"]["TokenGateEffects"] | null;
            attribution: number | null;
            without: number | null;
        };
        UnitCalculation: {
            unit: number;
            before: number;
            reset: components["schemas"]["GateLine"];
            update: components["schemas"]["GateLine"];
            candidate: components["schemas"]["CandidateLine"];
            written: number;
            kept: number;
            after: number;
        };
        UnitResponse: {
            unit: number;
            head_weight: number;
            mean_reset: number;
            mean_update: number;
            half_life: number | null;
            /** @enum {string} */
            convention: "pytorch" | "chung2014";
            measured: components["schemas"]["Measured"] | null;
            places: components["schemas"]["Occurrences"] | null;
            model: components["schemas"]["ModelName"];
        };
        UnitValues: {
            ids: number[];
            reset: number[][];
            update: number[][];
            candidate: number[][];
            hidden: number[][];
        };
        UnitWords: {
            resets: string[];
            keeps: string[];
            writes: string[];
            contributes: string[];
        };
        UnitsResponse: {
            /** @enum {string} */
            convention: "pytorch" | "chung2014";
            measured: components["schemas"]["Measured"] | null;
            total: number;
            units: components["schemas"]["ListedUnit"][];
            model: components["schemas"]["ModelName"];
        };
        Unusual: {
            percent: number;
            tokens: number;
            bands: components["schemas"]["UnusualBand"][];
        };
        UnusualBand: {
            from_token: number;
            recalled_share_below: number;
            released_share_above: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
};
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
