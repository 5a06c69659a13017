/** Generated from the contracts by `node docs/generate.ts`; read by operation-table of the service. */
export const operationTable = `
GET /api/health public platform.health
GET /api/platform viewer platform.state cacheMs=100
GET /api/platform/watch viewer platform.watch
GET /api/platform/events viewer platform.events
POST /api/platform/threads/{id}/start operator platform.start
POST /api/platform/threads/{id}/stop operator platform.stop
POST /api/platform/threads/{id}/restart operator platform.restart
POST /api/platform/threads/{id}/fault operator platform.fault
GET /api/session public platform.session
POST /api/session public platform.signIn
GET /api/distributed/status viewer integration.status cacheMs=100
POST /api/distributed/quantum-search operator integration.quantumSearch
POST /api/distributed/ai-prediction operator integration.aiPrediction
POST /api/distributed/blockchain-transaction operator integration.blockchainTransaction
POST /api/distributed/process operator integration.process
GET /api/distributed/tests viewer integration.tests.list
GET /api/distributed/tests/watch viewer integration.tests.watch
GET /api/distributed/tests/{id} viewer integration.tests.get
GET /api/distributed/flows viewer integration.flows.list
POST /api/distributed/flows/{name}/run operator integration.flows.run
GET /api/traces viewer integration.traces.list
GET /api/traces/{traceId} viewer integration.traces.get
GET /api/logs viewer integration.logs
GET /api/logs/watch viewer integration.logsWatch
GET /api/consensus/status viewer integration.consensus.status cacheMs=100
GET /api/consensus/log viewer integration.consensus.log
GET /api/consensus/events viewer integration.consensus.events
POST /api/consensus/propose operator integration.consensus.propose
POST /api/consensus/propose-batch operator integration.consensus.proposeBatch
POST /api/consensus/nodes/{id}/crash operator integration.consensus.crash
POST /api/consensus/nodes/{id}/restart operator integration.consensus.restart
POST /api/consensus/partition operator integration.consensus.partition
POST /api/consensus/faults operator integration.consensus.faults
POST /api/consensus/heal operator integration.consensus.heal
POST /api/consensus/compile viewer integration.consensus.compile
GET /api/consensus/watch viewer integration.consensus.watch
GET /api/audit viewer integration.audit.list
GET /api/audit/{sequence}/proof viewer integration.audit.proof
GET /api/audit/verification viewer integration.audit.verify
POST /api/audit/anchor operator integration.audit.anchor
POST /api/quantum/amplify operator quantum.amplify
POST /api/quantum/count operator quantum.count
POST /api/quantum/maximum-cut operator quantum.maximumCut
POST /api/quantum/ground-energy operator quantum.groundEnergy
POST /api/quantum/walk operator quantum.walk
POST /api/quantum/bell-test operator quantum.bellTest
POST /api/quantum/volume operator quantum.volume
POST /api/quantum/qasm/import operator quantum.importQasm
POST /api/quantum/export operator quantum.exportCircuit
GET /api/quantum/algorithms viewer quantum.algorithms
POST /api/quantum/algorithms/{id} operator quantum.algorithm
POST /api/quantum/cost operator quantum.cost
POST /api/quantum/optimise operator quantum.optimise
POST /api/quantum/equivalence operator quantum.equivalence
POST /api/quantum/factor operator quantum.factor
POST /api/quantum/stim/sample operator quantum.sampleStim
POST /api/quantum/stim/model operator quantum.stimModel
POST /api/quantum/stim/import operator quantum.importStim
POST /api/quantum/dem/decode operator quantum.decodeModel
GET /api/quantum/codes viewer quantum.codes
POST /api/quantum/codes/{id} operator quantum.codeExperiment
POST /api/quantum/codes/{id}/faults operator quantum.codeFaults
POST /api/quantum/codes/{id}/decode operator quantum.decodeErrors
POST /api/quantum/threshold operator quantum.threshold
GET /api/quantum/status viewer quantum.status
POST /api/quantum/search operator quantum.search
GET /api/quantum/capabilities viewer quantum.capabilities
POST /api/quantum/run operator quantum.run
POST /api/quantum/sample operator quantum.sample
POST /api/quantum/state operator quantum.state
POST /api/quantum/expectation operator quantum.expectation
POST /api/quantum/unitary operator quantum.unitary
GET /api/analytics/forecasts/methods viewer analytics.forecasts.methods
POST /api/analytics/forecasts operator analytics.forecasts.forecast
POST /api/analytics/forecasts/compare operator analytics.forecasts.compare
POST /api/analytics/forecasts/comparisons operator analytics.forecasts.startComparison
GET /api/analytics/forecasts/comparisons/{id} viewer analytics.forecasts.comparison
GET /api/analytics/automl/options viewer analytics.automl.options
POST /api/analytics/automl/check operator analytics.automl.check
POST /api/analytics/automl operator analytics.automl.start
GET /api/analytics/automl/{id} viewer analytics.automl.get
GET /api/analytics/automl/{id}/card viewer analytics.automl.card
POST /api/analytics/automl/{id}/predict operator analytics.automl.predict
POST /api/analytics/automl/{id}/predict-table operator analytics.automl.predictTable
GET /api/analytics/automl/{id}/onnx viewer analytics.automl.onnx
GET /api/analytics/datasets viewer analytics.datasets.list
GET /api/analytics/datasets/{id} viewer analytics.datasets.get
GET /api/analytics/datasets/{id}/rows viewer analytics.datasets.rows
POST /api/analytics/datasets operator analytics.datasets.create
POST /api/analytics/datasets/uploads operator analytics.datasets.begin
POST /api/analytics/datasets/uploads/{upload} operator analytics.datasets.piece
POST /api/analytics/datasets/uploads/{upload}/finish operator analytics.datasets.finish
DELETE /api/analytics/datasets/{id} operator analytics.datasets.remove
POST /api/analytics/datasets/{id}/restore operator analytics.datasets.restore
POST /api/analytics/distributed/runs operator analytics.distributedTraining.start
GET /api/analytics/distributed/runs/{id} viewer analytics.distributedTraining.get
GET /api/analytics/distributed/runs/{id}/watch viewer analytics.distributedTraining.watch
POST /api/analytics/distributed/runs/{id}/deeds operator analytics.distributedTraining.act
POST /api/analytics/distributed/scaling operator analytics.distributedTraining.scaling
GET /api/analytics/devices viewer analytics.devices.get
POST /api/analytics/devices/measurements operator analytics.devices.measure
POST /api/analytics/devices/kernels operator analytics.devices.run
GET /api/analytics/detectors viewer analytics.detection.detectors
POST /api/analytics/detectors/score operator analytics.detection.score
POST /api/analytics/detector-sessions operator analytics.detection.sessions.create
GET /api/analytics/detector-sessions viewer analytics.detection.sessions.list
GET /api/analytics/detector-sessions/{id} viewer analytics.detection.sessions.get
POST /api/analytics/detector-sessions/{id}/readings operator analytics.detection.sessions.feed
GET /api/analytics/detector-sessions/{id}/watch viewer analytics.detection.sessions.watch
DELETE /api/analytics/detector-sessions/{id} operator analytics.detection.sessions.remove
GET /api/analytics/anomalies/{id} viewer analytics.detection.get
POST /api/analytics/anomalies/{id}/opinions operator analytics.detection.opinions
POST /api/analytics/anomalies/{id}/label operator analytics.detection.label
DELETE /api/analytics/anomalies/{id}/label operator analytics.detection.unlabel
GET /api/analytics/anomaly-feedback viewer analytics.detection.feedback
POST /api/analytics/anomaly-feedback/reset operator analytics.detection.reset
GET /api/analytics/jobs viewer analytics.jobs.list
GET /api/analytics/jobs/watch viewer analytics.jobs.watchAll
GET /api/analytics/jobs/{id} viewer analytics.jobs.get
GET /api/analytics/jobs/{id}/watch viewer analytics.jobs.watch
POST /api/analytics/jobs/{id}/cancel operator analytics.jobs.cancel
POST /api/analytics/jobs/{id}/resume operator analytics.jobs.resume
DELETE /api/analytics/jobs/{id} operator analytics.jobs.remove
GET /api/analytics/registry viewer analytics.registry.list cacheMs=100
GET /api/analytics/registry/models/{name} viewer analytics.registry.get cacheMs=100
POST /api/analytics/registry/uploads operator analytics.registry.part
POST /api/analytics/registry/models/{name}/versions operator analytics.registry.add
POST /api/analytics/registry/models/{name}/results operator analytics.registry.addResult
GET /api/analytics/registry/models/{name}/versions/{version}/file viewer analytics.registry.file
PATCH /api/analytics/registry/models/{name} operator analytics.registry.describe
PATCH /api/analytics/registry/models/{name}/versions/{version} operator analytics.registry.describeVersion
PUT /api/analytics/registry/models/{name}/aliases/{alias} operator analytics.registry.setAlias
DELETE /api/analytics/registry/models/{name}/aliases/{alias} operator analytics.registry.removeAlias
DELETE /api/analytics/registry/models/{name} operator analytics.registry.remove
DELETE /api/analytics/registry/models/{name}/versions/{version} operator analytics.registry.removeVersion
POST /api/analytics/registry/deletions/{id}/undo operator analytics.registry.undo
POST /api/analytics/registry/models/{name}/versions/{version}/load operator analytics.registry.load
POST /api/analytics/registry/models/{name}/versions/{version}/unload operator analytics.registry.unload
POST /api/analytics/registry/models/{name}/predict operator analytics.registry.predict
POST /api/analytics/registry/models/{name}/predict-table operator analytics.registry.predictTable
GET /api/analytics/registry/models/{name}/versions/{version}/health viewer analytics.registry.health cacheMs=500
POST /api/analytics/registry/models/{name}/versions/{version}/reference operator analytics.registry.renewReference
POST /api/analytics/training/validate viewer analytics.training.validate
POST /api/analytics/training/data viewer analytics.training.data
POST /api/analytics/training/experiments operator analytics.training.start
GET /api/analytics/training/experiments viewer analytics.training.list
GET /api/analytics/training/experiments/{id} viewer analytics.training.get
GET /api/analytics/training/experiments/{id}/watch viewer analytics.training.watch
POST /api/analytics/training/experiments/{id}/control operator analytics.training.control
DELETE /api/analytics/training/experiments/{id} operator analytics.training.remove
POST /api/analytics/training/experiments/{id}/restore operator analytics.training.restore
GET /api/analytics/training/compare viewer analytics.training.compare
GET /api/analytics/training/experiments/{id}/onnx viewer analytics.training.onnx
POST /api/analytics/training/experiments/{id}/predict operator analytics.training.predict
GET /api/analytics/status viewer analytics.status cacheMs=100
GET /api/analytics/series viewer analytics.series.list cacheMs=100
GET /api/analytics/series/{id} viewer analytics.series.get cacheMs=100
GET /api/analytics/anomalies viewer analytics.anomalies.list cacheMs=100
GET /api/analytics/anomalies/watch viewer analytics.anomalies.watch
GET /api/analytics/models viewer analytics.models cacheMs=1000
GET /api/analytics/insights viewer analytics.insights cacheMs=1000
POST /api/analytics/predict operator analytics.predict
GET /api/alerts viewer analytics.alerts.list cacheMs=100
GET /api/alerts/watch viewer analytics.alerts.watch
POST /api/alerts/{id}/acknowledge operator analytics.alerts.acknowledge
POST /api/alerts/{id}/silence operator analytics.alerts.silence
GET /api/edge/status viewer edge.status cacheMs=100
POST /api/edge/process operator edge.process
POST /api/edge/add-node operator edge.addNode
POST /api/edge/remove-node operator edge.removeNode
POST /api/edge/fail-node operator edge.failNode
POST /api/edge/recover-node operator edge.recoverNode
GET /api/edge/requests viewer edge.requests cacheMs=100
GET /api/edge/models viewer edge.models cacheMs=100
GET /api/edge/places viewer edge.places cacheMs=1000
GET /api/orchestration/status viewer microservices.status cacheMs=100
GET /api/orchestration/events viewer microservices.events
GET /api/orchestration/images viewer microservices.images
GET /api/orchestration/mesh viewer microservices.mesh cacheMs=100
GET /api/services viewer microservices.services.list cacheMs=100
GET /api/services/find viewer microservices.services.find
GET /api/services/watch viewer microservices.services.watch
GET /api/services/resolve viewer microservices.services.resolve
POST /api/services/register operator microservices.services.register
POST /api/services/heartbeat operator microservices.services.heartbeat
POST /api/services/deregister operator microservices.services.deregister
GET /api/deployments viewer microservices.deployments.list cacheMs=100
GET /api/deployments/{name} viewer microservices.deployments.get
POST /api/deployments/create operator microservices.deployments.create
POST /api/deployments/scale operator microservices.deployments.scale
POST /api/deployments/update operator microservices.deployments.update
POST /api/deployments/restart operator microservices.deployments.restart
POST /api/deployments/delete operator microservices.deployments.remove
GET /api/pods viewer microservices.pods.list cacheMs=100
GET /api/pods/{name} viewer microservices.pods.get
GET /api/pods/{name}/logs viewer microservices.pods.logs
POST /api/pods/{name}/kill operator microservices.pods.kill
GET /api/cluster/pools viewer microservices.pools.list
POST /api/cluster/pools operator microservices.pools.apply
GET /api/orchestration/gateway/config viewer microservices.gateway.config
PUT /api/orchestration/gateway/config operator microservices.gateway.configure
GET /api/orchestration/gateway/history viewer microservices.gateway.history
GET /api/orchestration/gateway/version viewer microservices.gateway.version
POST /api/orchestration/gateway/undo operator microservices.gateway.undo
POST /api/orchestration/gateway/ingress operator microservices.gateway.ingress
POST /api/orchestration/gateway/try operator microservices.gateway.try
GET /api/orchestration/gateway/measures viewer microservices.gateway.measures cacheMs=100
GET /api/orchestration/gateway viewer microservices.gateway.routes cacheMs=100
POST /api/orchestration/gateway/send operator microservices.gateway.send
GET /api/cluster/overview viewer microservices.cluster.overview cacheMs=200
GET /api/cluster/pods viewer microservices.cluster.pods
GET /api/cluster/nodes viewer microservices.cluster.nodes cacheMs=200
GET /api/cluster/workloads viewer microservices.cluster.workloads cacheMs=200
GET /api/cluster/rollouts/{namespace}/{name} viewer microservices.cluster.rollout
GET /api/cluster/events viewer microservices.cluster.events
GET /api/cluster/object viewer microservices.cluster.object
GET /api/cluster/logs/{namespace}/{pod} viewer microservices.cluster.logs
GET /api/cluster/topology viewer microservices.cluster.topology cacheMs=200
GET /api/cluster/topology/recording viewer microservices.cluster.recording
GET /api/cluster/chaos viewer microservices.cluster.faults cacheMs=200
POST /api/cluster/apply operator microservices.cluster.apply
POST /api/cluster/delete operator microservices.cluster.delete
POST /api/cluster/scale operator microservices.cluster.scale
POST /api/cluster/restart operator microservices.cluster.restart
POST /api/cluster/undo operator microservices.cluster.undo
POST /api/cluster/pause operator microservices.cluster.pause
POST /api/cluster/resume operator microservices.cluster.resume
POST /api/cluster/cordon operator microservices.cluster.cordon
POST /api/cluster/uncordon operator microservices.cluster.uncordon
POST /api/cluster/drain operator microservices.cluster.drain.start
GET /api/cluster/drain viewer microservices.cluster.drain.list
POST /api/cluster/drain/{id}/cancel operator microservices.cluster.drain.cancel
POST /api/cluster/exec operator microservices.cluster.exec
POST /api/cluster/chaos/inject operator microservices.cluster.inject
POST /api/cluster/chaos/restore operator microservices.cluster.restore
GET /api/blockchain/validators viewer blockchain.validators.status cacheMs=100
GET /api/blockchain/validators/watch viewer blockchain.validators.watch
POST /api/blockchain/validators/{id}/crash operator blockchain.validators.crash
POST /api/blockchain/validators/{id}/restart operator blockchain.validators.restart
POST /api/blockchain/validators/partition operator blockchain.validators.partition
POST /api/blockchain/validators/links operator blockchain.validators.links
POST /api/blockchain/validators/heal operator blockchain.validators.heal
GET /api/blockchain/pending viewer blockchain.mempool.pending cacheMs=100
GET /api/blockchain/fees viewer blockchain.mempool.fees cacheMs=100
GET /api/blockchain/gas viewer blockchain.mempool.gas cacheMs=1000
POST /api/blockchain/mining operator blockchain.mempool.mining
POST /api/blockchain/mine operator blockchain.mempool.mine
GET /api/blockchain/wallets viewer blockchain.wallets.list
GET /api/blockchain/wallets/vault viewer blockchain.wallets.vault
POST /api/blockchain/wallets/vault operator blockchain.wallets.create
POST /api/blockchain/wallets/vault/unlock operator blockchain.wallets.unlock
POST /api/blockchain/wallets/vault/lock operator blockchain.wallets.lock
PUT /api/blockchain/wallets/vault/settings operator blockchain.wallets.settings
POST /api/blockchain/wallets/vault/passphrase operator blockchain.wallets.changePassphrase
POST /api/blockchain/wallets/vault/forget operator blockchain.wallets.forget
POST /api/blockchain/wallets/mnemonics operator blockchain.wallets.generate
POST /api/blockchain/wallets/mnemonics/{draft}/confirm operator blockchain.wallets.confirm
POST /api/blockchain/wallets/import/mnemonic operator blockchain.wallets.importMnemonic
POST /api/blockchain/wallets/import/key operator blockchain.wallets.importKey
POST /api/blockchain/wallets/import/keystore operator blockchain.wallets.importKeystore
POST /api/blockchain/wallets/watch operator blockchain.wallets.watch
POST /api/blockchain/wallets/{id}/accounts operator blockchain.wallets.derive
PATCH /api/blockchain/wallets/{id} operator blockchain.wallets.rename
POST /api/blockchain/wallets/{id}/remove operator blockchain.wallets.remove
POST /api/blockchain/wallets/accounts/{address}/sign-message operator blockchain.wallets.signMessage
POST /api/blockchain/wallets/accounts/{address}/sign-typed-data operator blockchain.wallets.signTypedData
POST /api/blockchain/wallets/accounts/{address}/sign-transaction operator blockchain.wallets.signTransaction
POST /api/blockchain/wallets/accounts/{address}/send operator blockchain.wallets.send
POST /api/blockchain/wallets/accounts/{address}/export/keystore operator blockchain.wallets.exportKeystore
POST /api/blockchain/wallets/accounts/{address}/export/key operator blockchain.wallets.exportKey
POST /api/blockchain/wallets/{id}/export/mnemonic operator blockchain.wallets.exportMnemonic
POST /api/blockchain/anchors operator blockchain.anchors.create
GET /api/blockchain/anchors viewer blockchain.anchors.list
POST /api/blockchain/anchors/verify viewer blockchain.anchors.verify
GET /api/blockchain/tokens viewer blockchain.tokens.list
GET /api/blockchain/tokens/{address} viewer blockchain.tokens.token
GET /api/blockchain/tokens/{address}/holders viewer blockchain.tokens.holders
GET /api/blockchain/tokens/{address}/transfers viewer blockchain.tokens.transfers
GET /api/blockchain/status viewer blockchain.status cacheMs=100
GET /api/blockchain/watch viewer blockchain.watch
GET /api/blockchain/accounts viewer blockchain.accounts
GET /api/blockchain/accounts/{address} viewer blockchain.account
GET /api/blockchain/blocks viewer blockchain.blocks
GET /api/blockchain/blocks/{block} viewer blockchain.block
GET /api/blockchain/transactions viewer blockchain.transactions
GET /api/blockchain/transactions/{hash} viewer blockchain.transaction
POST /api/blockchain/transactions operator blockchain.transfer
POST /api/blockchain/contracts/explain operator blockchain.explain
POST /api/blockchain/contracts/debug operator blockchain.openDebug
GET /api/blockchain/contracts/debug/{id} operator blockchain.debug
POST /api/blockchain/contracts/debug/{id}/move operator blockchain.moveDebug
PUT /api/blockchain/contracts/debug/{id}/breakpoints operator blockchain.setBreakpoints
GET /api/blockchain/contracts/debug/{id}/variables operator blockchain.debugVariables
GET /api/blockchain/contracts/debug/{id}/memory operator blockchain.debugMemory
GET /api/blockchain/contracts/debug/{id}/source operator blockchain.debugSource
DELETE /api/blockchain/contracts/debug/{id} operator blockchain.closeDebug
GET /api/blockchain/contracts/workspaces viewer blockchain.workspaces
POST /api/blockchain/contracts/workspaces operator blockchain.createWorkspace
GET /api/blockchain/contracts/workspaces/{id} viewer blockchain.workspace
PUT /api/blockchain/contracts/workspaces/{id} operator blockchain.saveWorkspace
DELETE /api/blockchain/contracts/workspaces/{id} operator blockchain.deleteWorkspace
POST /api/blockchain/contracts/transactions operator blockchain.sendTransaction
GET /api/blockchain/contracts/templates viewer blockchain.templates
POST /api/blockchain/contracts/compile operator blockchain.compile
POST /api/blockchain/contracts/compile/watch operator blockchain.watchCompile
GET /api/blockchain/contracts/compilations viewer blockchain.compilations
GET /api/blockchain/contracts/compilations/{id}/contracts/{contract} viewer blockchain.artefact
POST /api/blockchain/contracts/compilations/{id}/encode viewer blockchain.encode
POST /api/blockchain/contracts/compilations/{id}/tests operator blockchain.runTests
GET /api/blockchain/contracts/deployments viewer blockchain.deployments
POST /api/blockchain/contracts/deployments operator blockchain.noteDeployment
DELETE /api/blockchain/contracts/deployments/{address} operator blockchain.forgetDeployment
POST /api/blockchain/contracts/storage viewer blockchain.storage
POST /api/blockchain/contracts/verify operator blockchain.verify
POST /api/blockchain/contracts/decode viewer blockchain.decode
POST /api/blockchain/contracts/decode/batch viewer blockchain.decodeAll
`;
